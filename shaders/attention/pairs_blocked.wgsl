// The sums of pairs_view.wgsl for a GPU: a workgroup of SIDE × SIDE invocations computes a block of results, both
// factors staged DEPTH inner indices at a time, and each invocation keeps EACH_ROW × EACH_COLUMN of them in registers.
// Results of an invocation lie SIDE apart, so that neighbours read and write neighbours.

const BLOCK_ROWS = SIDE * EACH_ROW;
const BLOCK_COLUMNS = SIDE * EACH_COLUMN;
// Rows of the staged blocks are a little longer, so that writing down a column meets different memory banks.
const A_STRIDE = BLOCK_ROWS + 4u;
const B_STRIDE = BLOCK_COLUMNS + 4u;

var<workgroup> a_block: array<f32, DEPTH * A_STRIDE>;
var<workgroup> b_block: array<f32, DEPTH * B_STRIDE>;
var<workgroup> inner_block: array<f32, DEPTH>;

@compute @workgroup_size(SIDE * SIDE)
fn sum_pairs_blocked(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups_down = (pairs.rows + BLOCK_ROWS - 1u) / BLOCK_ROWS;
  let batch = group.y / groups_down;
  let first_row = group.y % groups_down * BLOCK_ROWS;
  let first_column = group.x * BLOCK_COLUMNS;
  let x = lane % SIDE;
  let y = lane / SIDE;

  var held: array<f32, EACH_ROW * EACH_COLUMN>;
  // @unroll
  for (var r = 0u; r < EACH_ROW; r++) {
    // @unroll
    for (var c = 0u; c < EACH_COLUMN; c++) {
      let row = min(first_row + y + r * SIDE, pairs.rows - 1u);
      let column = min(first_column + x + c * SIDE, pairs.columns - 1u);
      held[r * EACH_COLUMN + c] = held_value(batch, row, column);
    }
  }

  var sums: array<f32, EACH_ROW * EACH_COLUMN>;
  for (var base = 0u; base < pairs.inner; base += DEPTH) {
    let depth = min(DEPTH, pairs.inner - base);
    workgroupBarrier();
    stage_a(batch, first_row, base, lane);
    stage_b(batch, first_column, base, lane);
    if (lane < depth) {
      inner_block[lane] = inner_value(base + lane);
    }
    workgroupBarrier();
    for (var k = 0u; k < depth; k++) {
      let inner = inner_block[k];
      var left: array<f32, EACH_ROW>;
      // @unroll
      for (var r = 0u; r < EACH_ROW; r++) {
        left[r] = a_block[k * A_STRIDE + y + r * SIDE];
      }
      // @unroll
      for (var c = 0u; c < EACH_COLUMN; c++) {
        let right = b_block[k * B_STRIDE + x + c * SIDE];
        // @unroll
        for (var r = 0u; r < EACH_ROW; r++) {
          sums[r * EACH_COLUMN + c] += term(left[r], right, inner, held[r * EACH_COLUMN + c]);
        }
      }
    }
  }

  // @unroll
  for (var r = 0u; r < EACH_ROW; r++) {
    // @unroll
    for (var c = 0u; c < EACH_COLUMN; c++) {
      write_result(batch, first_row + y + r * SIDE, first_column + x + c * SIDE, sums[r * EACH_COLUMN + c]);
    }
  }
}

// Neighbouring invocations read what are neighbours in memory: inner indices or rows. Past an edge the last is read again.
fn stage_a(batch: u32, first_row: u32, base: u32, lane: u32) {
  let along_rows = pairs.a_row == 1u;
  for (var e = lane; e < BLOCK_ROWS * DEPTH; e += SIDE * SIDE) {
    let i = select(e / DEPTH, e % BLOCK_ROWS, along_rows);
    let k = select(e % DEPTH, e / BLOCK_ROWS, along_rows);
    let row = min(first_row + i, pairs.rows - 1u);
    let inner = min(base + k, pairs.inner - 1u);
    a_block[k * A_STRIDE + i] = a[pairs.a_at + batch * pairs.a_batch + row * pairs.a_row + inner * pairs.a_inner];
  }
}

fn stage_b(batch: u32, first_column: u32, base: u32, lane: u32) {
  let along_columns = pairs.b_column == 1u;
  for (var e = lane; e < BLOCK_COLUMNS * DEPTH; e += SIDE * SIDE) {
    let i = select(e / DEPTH, e % BLOCK_COLUMNS, along_columns);
    let k = select(e % DEPTH, e / BLOCK_COLUMNS, along_columns);
    let column = min(first_column + i, pairs.columns - 1u);
    let inner = min(base + k, pairs.inner - 1u);
    b_block[k * B_STRIDE + i] = b[pairs.b_at + batch * pairs.b_batch + inner * pairs.b_inner + column * pairs.b_column];
  }
}
