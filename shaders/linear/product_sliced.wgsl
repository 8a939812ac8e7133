// The product of product_view.wgsl for a GPU. Beyond product.wgsl: `a` is staged in workgroup memory, and the inner sum of
// each column is shared by SLICES invocations (see common/slices.wgsl), which long sums over all time steps need.
//
// ALONG_COLUMNS and ALONG_ROWS say which way b and a lie in memory (1: neighbours in memory are neighbouring columns of
// b, rows of a; 0: neighbouring inner indices), so that neighbouring invocations read neighbours.

@compute @workgroup_size(SLICES * COLUMNS)
fn multiply_sliced(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = select(lane / SLICES, lane % COLUMNS, ALONG_COLUMNS == 1u);
  let slice = select(lane % SLICES, lane / COLUMNS, ALONG_COLUMNS == 1u);
  let first_row = group.y * ROWS;
  let first_column = group.x * COLUMNS;
  let b_at = product.b_at + min(first_column + column, product.columns - 1u) * product.b_column;

  var shares: array<f32, ROWS>;
  for (var base = 0u; base < product.inner; base += CHUNK) {
    let count = min(CHUNK, product.inner - base);
    workgroupBarrier();
    for (var e = lane; e < ROWS * CHUNK; e += SLICES * COLUMNS) {
      let r = select(e / CHUNK, e % ROWS, ALONG_ROWS == 1u);
      let i = select(e % CHUNK, e / ROWS, ALONG_ROWS == 1u);
      let row = min(first_row + r, product.rows - 1u);
      let k = min(base + i, product.inner - 1u);
      staged[r * CHUNK + i] = a[product.a_at + row * product.a_row + k * product.a_inner];
    }
    workgroupBarrier();
    for (var k = slice; k < count; k += SLICES) {
      let w = b[b_at + (base + k) * product.b_inner];
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        shares[r] += staged[r * CHUNK + k] * w;
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
