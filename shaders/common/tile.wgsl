// A register tile: one invocation computes ROWS × COLUMNS results, so that each value it loads serves many products.
// Columns of neighbouring invocations are neighbours in memory. Past an edge the last row or column is computed
// again and not written, so the inner loop needs no test.
//
// LANES, ROWS and COLUMNS are chosen per adapter: see gpu/kernels/tiles.ts.

struct Tile {
  row: u32,    // the first of ROWS consecutive rows
  column: u32, // the first of COLUMNS columns, LANES apart
}

fn tile_of(group: vec3u, lane: u32) -> Tile {
  return Tile(group.y * ROWS, group.x * LANES * COLUMNS + lane);
}

fn tile_row(tile: Tile, r: u32) -> u32 {
  return tile.row + r;
}

fn tile_column(tile: Tile, c: u32) -> u32 {
  return tile.column + c * LANES;
}
