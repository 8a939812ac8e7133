// All time steps of a span in one dispatch. Beyond a dispatch a step: a workgroup keeps ROWS sequences from the first step to
// the last, so that none needs another's results. What W multiplies stays in workgroup memory, W in registers as far as they
// go, and what is a unit's alone with the invocation that computes it; the rest of what a step reads is on its way while its
// product is made.
//
// The product's left factor [ROWS, inner] is new in every step, its right one [inner, columns] is Wh or Whᵀ. SLICES
// invocations share the inner sums of a column, and each sums for EACH columns, COLUMNS apart. Of its inner indices, SLICES
// apart, it keeps the weights of the first HELD; those of the others are read again in every step, AHEAD at a time so that
// many are under way. Those kept are read before the first step: of UNROLLED inner indices by instructions of their own,
// without which a GPU might not keep them in registers, of the others by a loop, which compiles sooner. Then each invocation
// computes the cell for PAIRS of the workgroup's units. The sizes are chosen in gpu/kernels/sequences.ts.
//
// forward_sequence.wgsl, with what reads inputs, and backward_sequence.wgsl give
//   right_factor() -> Matrix                      where the right factor lies
//   first_factor(row, k) -> f32                   an element of the first step's left factor
//   Kept                                          what is kept of a unit from step to step
//   begin_unit(at: Unit) -> Kept
//   read_unit(at: Unit, kept: Kept) -> Kept       what a step reads before the product is complete
//   finish_step(at: Unit, kept: Kept) -> Kept     the step of a unit, its share of the next left factor included
//   move_on(n, lane, first_row, rows)             from the n-th step to the next, by all invocations of a workgroup

const LANES = SLICES * COLUMNS;

// The left factor, [ROWS][INNER]; past the inner length it stays 0, as workgroup memory begins.
var<workgroup> factor: array<f32, ROWS * INNER>;

// Shares of the product, [PARTS][ROWS][EACH · COLUMNS]; parts an odd number apart, so that neighbours meet no bank twice.
const SHARE_ROW = EACH * COLUMNS;
const SHARE_PART = (ROWS * SHARE_ROW) | 1u;
var<workgroup> shares: array<f32, PARTS * SHARE_PART>;

// Indexed [row][column].
alias Sums = array<f32, SUMS>;

struct Matrix {
  at: u32,
  inner: u32,
  inner_stride: u32,
  columns: u32,
  column_stride: u32,
}

// A unit of a sequence: `row` of the batch, and `here` of the workgroup.
struct Unit {
  row: u32,
  here: u32,
  unit: u32,
}

@compute @workgroup_size(SLICES * COLUMNS)
fn run_sequence(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  step = first;
  // Neighbours are what is next to each other in W. Written out here, all that indexes has a range known to compilers, and
  // is not checked.
  let slice = lane / SLICE_STRIDE % SLICES;
  let column = lane / COLUMN_STRIDE % COLUMNS;
  let first_row = group.x * ROWS;
  let rows = min(ROWS, first.batch - first_row);
  let units = rows * first.hidden_size;
  let right = right_factor();

  var held: array<f32, HELD * EACH>;
  // @unroll
  for (var i = 0u; i < UNROLLED; i++) {
    // @unroll
    for (var e = 0u; e < EACH; e++) {
      held[i * EACH + e] = weight(right, i * SLICES + slice, e * COLUMNS + column);
    }
  }
  if (UNROLLED < HELD) {
    for (var i = UNROLLED; i < HELD; i++) {
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        held[i * EACH + e] = weight(right, i * SLICES + slice, e * COLUMNS + column);
      }
    }
  }
  for (var e = lane; e < rows * right.inner; e += LANES) {
    let row = e / right.inner;
    let k = e % right.inner;
    factor[row * INNER + k] = first_factor(first_row + row, k);
  }
  var kept: array<Kept, PAIRS>;
  // @unroll
  for (var p = 0u; p < PAIRS; p++) {
    if (p * LANES + lane < units) {
      kept[p] = begin_unit(unit_of(p * LANES + lane, first_row));
    }
  }
  workgroupBarrier();

  for (var n = 0u; n < first.steps; n++) {
    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      if (p * LANES + lane < units) {
        kept[p] = read_unit(unit_of(p * LANES + lane, first_row), kept[p]);
      }
    }

    // The zeros are said, since some compilers leave what the step before has put there.
    var sums = Sums();
    // @unroll
    for (var i = 0u; i < HELD; i++) {
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        let x = factor[r * INNER + i * SLICES + slice];
        // @unroll
        for (var e = 0u; e < EACH; e++) {
          sums[r * EACH + e] += x * held[i * EACH + e];
        }
      }
    }
    add_others(&sums, right, slice, column);
    hand_over(&sums, slice, column);
    if (ROUNDS == 1u || slice < PARTS) {
      // @unroll
      for (var s = 0u; s < SUMS; s++) {
        shares[slice * SHARE_PART + s * COLUMNS + column] = sums[s];
      }
    }
    workgroupBarrier();

    // @unroll
    for (var p = 0u; p < PAIRS; p++) {
      if (p * LANES + lane < units) {
        kept[p] = finish_step(unit_of(p * LANES + lane, first_row), kept[p]);
      }
    }
    workgroupBarrier();
    move_on(n, lane, first_row, rows);
  }
}

// Adds the products with the weights that are not kept.
fn add_others(sums: ptr<function, Sums>, right: Matrix, slice: u32, column: u32) {
  if (AHEAD == 0u) {
    return;
  }
  for (var k = HELD * SLICES + slice; k < INNER; k += AHEAD * SLICES) {
    var w: array<f32, max(AHEAD, 1u) * EACH>;
    // @unroll
    for (var i = 0u; i < AHEAD; i++) {
      // @unroll
      for (var e = 0u; e < EACH; e++) {
        w[i * EACH + e] = weight(right, k + i * SLICES, e * COLUMNS + column);
      }
    }
    // @unroll
    for (var i = 0u; i < AHEAD; i++) {
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        let x = factor[r * INNER + k + i * SLICES];
        // @unroll
        for (var e = 0u; e < EACH; e++) {
          (*sums)[r * EACH + e] += x * w[i * EACH + e];
        }
      }
    }
  }
}

// Slices that the workgroup's memory has no room for hand their sums over to others, PARTS of them at a time.
fn hand_over(sums: ptr<function, Sums>, slice: u32, column: u32) {
  for (var round = 1u; round < ROUNDS; round++) {
    let place = slice % PARTS * SHARE_PART + column;
    if (slice / PARTS == round) {
      // @unroll
      for (var s = 0u; s < SUMS; s++) {
        shares[place + s * COLUMNS] = (*sums)[s];
      }
    }
    workgroupBarrier();
    if (slice < PARTS && round * PARTS + slice < SLICES) {
      // @unroll
      for (var s = 0u; s < SUMS; s++) {
        (*sums)[s] += shares[place + s * COLUMNS];
      }
    }
    workgroupBarrier();
  }
}

fn unit_of(index: u32, first_row: u32) -> Unit {
  let here = index / first.hidden_size;
  return Unit(first_row + here, here, index % first.hidden_size);
}

// Past the edges that at the edge, which nothing comes of.
fn weight(right: Matrix, k: u32, column: u32) -> f32 {
  let inner = min(k, right.inner - 1u) * right.inner_stride;
  return parameter(right.at + inner + min(column, right.columns - 1u) * right.column_stride);
}

// An element of the product of a row of the workgroup: its shares, added in order.
fn product_at(row: u32, column: u32) -> f32 {
  var sum = 0.0;
  for (var s = 0u; s < PARTS; s++) {
    sum += shares[s * SHARE_PART + row * SHARE_ROW + column];
  }
  return sum;
}
