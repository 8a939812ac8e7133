// The product of product_view.wgsl, a register tile to an invocation (see common/tile.wgsl) that takes the left factor as
// common/together.wgsl says.

@compute @workgroup_size(LANES)
fn multiply(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = tile_of(group, lane);

  var columns: array<u32, COLUMNS>;
  var sums: array<f32, COLUMNS * ROWS>;
  // @unroll
  for (var c = 0u; c < COLUMNS; c++) {
    let column = min(tile_column(tile, c), product.columns - 1u);
    columns[c] = product.b_at + column * product.b_column;
    let start = bias_of(column);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      sums[c * ROWS + r] = start;
    }
  }
  var rows: array<u32, ROWS>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = product.a_at + min(tile_row(tile, r), product.rows - 1u) * product.a_row;
  }

  let place = own_place();
  let last = product.inner - 1u;
  var x: Taken;
  var w: array<f32, TOGETHER>;
  for (var k = 0u; k < product.inner; k += TOGETHER) {
    let own = own_element(place, k, last);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      take_row(&x, r, select(0.0, a[rows[r] + own.index * product.a_inner], own.counts));
    }
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      // @unroll
      for (var i = 0u; i < TOGETHER; i++) {
        w[i] = b[columns[c] + min(k + i, last) * product.b_inner];
      }
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        // @unroll
        for (var i = 0u; i < TOGETHER; i++) {
          sums[c * ROWS + r] += x[r * TOGETHER + i] * w[i];
        }
      }
    }
  }

  // A copy to index by variables, so that the loop above keeps its sums in registers.
  var results = sums;
  for (var c = 0u; c < COLUMNS; c++) {
    for (var r = 0u; r < ROWS; r++) {
      let row = tile_row(tile, r);
      let column = tile_column(tile, c);
      if (row < product.rows && column < product.columns) {
        write_result(row, column, results[c * ROWS + r]);
      }
    }
  }
}
