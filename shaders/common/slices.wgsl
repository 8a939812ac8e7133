// For a GPU: a workgroup computes ROWS × COLUMNS results, and SLICES invocations share the inner sum of each column, so
// that a short result still keeps many invocations busy and a long sum is not one chain of loads. The left factor,
// which all columns need, is staged in workgroup memory, CHUNK of its inner indices at a time.
//
// A group of SLICES · COLUMNS invocations; at its end the first ROWS · COLUMNS hold a result each.

// Workgroup memory serves two ends, one after the other: the staged factor [ROWS][CHUNK], and at the end the slices' shares
// [SLICES][ROWS][COLUMNS].
var<workgroup> staged: array<f32, max(ROWS * CHUNK, SLICES * ROWS * COLUMNS)>;

// One result's sum over the slices, added in order: that of row lane / COLUMNS and column lane % COLUMNS, in the first
// ROWS · COLUMNS invocations. Each invocation brings its slice's share for every row of its column. To be called in
// uniform control flow.
fn sum_over_slices(shares: array<f32, ROWS>, slice: u32, column: u32, lane: u32) -> f32 {
  workgroupBarrier();
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    staged[(slice * ROWS + r) * COLUMNS + column] = shares[r];
  }
  workgroupBarrier();
  var sum = 0.0;
  if (lane < ROWS * COLUMNS) {
    for (var s = 0u; s < SLICES; s++) {
      sum += staged[s * ROWS * COLUMNS + lane];
    }
  }
  return sum;
}
