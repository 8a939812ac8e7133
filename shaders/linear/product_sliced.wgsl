// The product of product_view.wgsl for a GPU. Beyond product.wgsl: `a` is staged in workgroup memory, and the inner sum of
// each column is shared by SLICES invocations (see common/slices.wgsl), which long sums over all time steps need. With four
// quads of rows, 16 multiply-adds take 1 load of b and 4 of quads, where a value by value would take 16.

@compute @workgroup_size(SLICES * COLUMNS)
fn multiply_sliced(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = select(lane / SLICES, lane % COLUMNS, ALONG_COLUMNS == 1u);
  let slice = select(lane % SLICES, lane / COLUMNS, ALONG_COLUMNS == 1u);
  let first_row = group.y * ROWS;
  let first_column = group.x * COLUMNS;
  let b_at = product.b_at + min(first_column + column, product.columns - 1u) * product.b_column;

  var shares: array<vec4f, QUADS>;
  for (var base = 0u; base < product.inner; base += CHUNK) {
    let count = min(CHUNK, product.inner - base);
    workgroupBarrier();
    for (var e = lane; e < QUADS * CHUNK; e += SLICES * COLUMNS) {
      let at = part_element(e, QUADS, CHUNK, ALONG_ROWS == 1u);
      staged[at.x * CHUNK + at.y] = a_quad(first_row + 4u * at.x, base + at.y);
    }
    workgroupBarrier();
    for (var k = slice; k < count; k += SLICES) {
      let w = b[b_at + (base + k) * product.b_inner];
      // @unroll
      for (var q = 0u; q < QUADS; q++) {
        shares[q] += staged[q * CHUNK + k] * w;
      }
    }
  }
  let sum = sum_over_slices(shares, slice, column, lane);

  let row = first_row + lane / COLUMNS;
  let target_column = first_column + lane % COLUMNS;
  if (lane < ROWS * COLUMNS && row < product.rows && target_column < product.columns) {
    write_result(row, target_column, bias_of(target_column) + sum);
  }
}
