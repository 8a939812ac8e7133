// For the products that stage their factors in workgroup memory. Past an edge the last element is read again. A quad is
// four neighbouring rows of a, or columns of b, at one inner index.
//
// ALONG_COLUMNS and ALONG_ROWS say which way b and a lie in memory (1: neighbours in memory are neighbouring columns of
// b, rows of a; 0: neighbouring inner indices), so that neighbouring invocations read neighbours.

// Element, or quad, e of a factor's part as (row or column or quad of them, inner index), along memory.
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

fn a_quad(row: u32, inner: u32) -> vec4f {
  return vec4f(read_a(row, inner), read_a(row + 1u, inner), read_a(row + 2u, inner), read_a(row + 3u, inner));
}

fn b_quad(inner: u32, column: u32) -> vec4f {
  return vec4f(
    read_b(inner, column), read_b(inner, column + 1u), read_b(inner, column + 2u), read_b(inner, column + 3u),
  );
}

fn bias_quad(column: u32) -> vec4f {
  return vec4f(bias_of(column), bias_of(column + 1u), bias_of(column + 2u), bias_of(column + 3u));
}

fn write_quad(row: u32, column: u32, values: vec4f) {
  for (var i = 0u; i < 4u; i++) {
    if (row < product.rows && column + i < product.columns) {
      write_result(row, column + i, values[i]);
    }
  }
}
