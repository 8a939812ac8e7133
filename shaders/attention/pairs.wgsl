// The sums of pairs_view.wgsl, a register tile to an invocation (see common/tile.wgsl).

@compute @workgroup_size(LANES)
fn sum_pairs(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups_down = (pairs.rows + ROWS - 1u) / ROWS;
  let batch = group.y / groups_down;
  let tile = tile_of(vec3u(group.x, group.y % groups_down, 0u), lane);

  var columns: array<u32, COLUMNS>;
  var rows: array<u32, ROWS>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = pairs.a_at + batch * pairs.a_batch + min(tile_row(tile, r), pairs.rows - 1u) * pairs.a_row;
  }
  var held: array<f32, COLUMNS * ROWS>;
  // @unroll
  for (var c = 0u; c < COLUMNS; c++) {
    let column = min(tile_column(tile, c), pairs.columns - 1u);
    columns[c] = pairs.b_at + batch * pairs.b_batch + column * pairs.b_column;
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      held[c * ROWS + r] = held_value(batch, min(tile_row(tile, r), pairs.rows - 1u), column);
    }
  }

  var sums: array<f32, COLUMNS * ROWS>;
  var x: array<f32, ROWS>;
  for (var k = 0u; k < pairs.inner; k++) {
    let inner = inner_value(k);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      x[r] = a[rows[r] + k * pairs.a_inner];
    }
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      let y = b[columns[c] + k * pairs.b_inner];
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        sums[c * ROWS + r] += term(x[r], y, inner, held[c * ROWS + r]);
      }
    }
  }

  // A copy to index by variables, so that the loop above keeps its sums in registers.
  var results = sums;
  for (var c = 0u; c < COLUMNS; c++) {
    for (var r = 0u; r < ROWS; r++) {
      write_result(batch, tile_row(tile, r), tile_column(tile, c), results[c * ROWS + r]);
    }
  }
}
