// For a GPU: a workgroup computes ROWS × COLUMNS results, and SLICES invocations share the inner sum of each column, so
// that a short result still keeps many invocations busy and a long sum is not one chain of loads. The left factor,
// which all columns need, is staged in workgroup memory, CHUNK of its inner indices at a time, as quads: four rows at one
// inner index, which one load of 16 bytes brings.
//
// A group of SLICES · COLUMNS invocations; at its end the first ROWS · COLUMNS hold a result each.

const ROWS = 4u * QUADS;

// Workgroup memory serves two ends, one after the other: the staged factor [QUADS][CHUNK], and at the end the slices' shares
// [SLICES][QUADS][COLUMNS].
var<workgroup> staged: array<vec4f, max(QUADS * CHUNK, SLICES * QUADS * COLUMNS)>;

// The rows of a quad; past the last of all, that one again.
fn rows_of_quad(first: u32, last: u32) -> vec4u {
  return min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(last));
}

// Columns change places from slice to slice, so that neither neighbouring columns nor slices meet in one memory bank.
fn share_place(slice: u32, quad: u32, column: u32) -> u32 {
  return (slice * QUADS + quad) * COLUMNS + (column ^ slice) % COLUMNS;
}

// One result's sum over the slices, added in order: that of row lane / COLUMNS and column lane % COLUMNS, in the first
// ROWS · COLUMNS invocations. Each invocation brings its slice's share for every row of its column. To be called in
// uniform control flow.
fn sum_over_slices(shares: array<vec4f, QUADS>, slice: u32, column: u32, lane: u32) -> f32 {
  workgroupBarrier();
  // @unroll
  for (var q = 0u; q < QUADS; q++) {
    staged[share_place(slice, q, column)] = shares[q];
  }
  workgroupBarrier();
  var sum = 0.0;
  if (lane < ROWS * COLUMNS) {
    let row = lane / COLUMNS;
    for (var s = 0u; s < SLICES; s++) {
      sum += staged[share_place(s, row / 4u, lane % COLUMNS)][row % 4u];
    }
  }
  return sum;
}
