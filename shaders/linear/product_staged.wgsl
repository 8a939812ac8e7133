// For the products that stage their factors in workgroup memory. Past an edge the last element is read again.
//
// ALONG_COLUMNS and ALONG_ROWS say which way b and a lie in memory (1: neighbours in memory are neighbouring columns of
// b, rows of a; 0: neighbouring inner indices), so that neighbouring invocations read neighbours.

// Element e of a factor's part as (row or column, inner index), along memory.
fn part_element(e: u32, lines: u32, depth: u32, along_lines: bool) -> vec2u {
  return select(vec2u(e / depth, e % depth), vec2u(e % lines, e / lines), along_lines);
}

fn read_a(row: u32, inner: u32) -> f32 {
  let m = min(row, product.rows - 1u);
  return a[product.a_at + m * product.a_row + min(inner, product.inner - 1u) * product.a_inner];
}

fn read_b(inner: u32, column: u32) -> f32 {
  let n = min(column, product.columns - 1u);
  return b[product.b_at + min(inner, product.inner - 1u) * product.b_inner + n * product.b_column];
}
