// α = softmax of each row's scores, over the first lengths[b] source steps; 0 past them. In place.
// Row t·B + b holds the scores of time step t of sequence b.

struct Softmax {
  rows: u32,    // T·B
  columns: u32, // Te
  batch: u32,
  at: u32,
  has_lengths: u32,
}

@group(0) @binding(0) var<uniform> softmax: Softmax;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;

@compute @workgroup_size(ROWS * SLICES)
fn softmax_rows(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var first = group.x * ROWS; first < softmax.rows; first += groups.x * ROWS) {
    softmax_row(first + lane / SLICES, lane);
  }
}

// Rows past the last are treated as it is, and not written: barriers must be met by all.
fn softmax_row(row: u32, lane: u32) {
  let here = min(row, softmax.rows - 1u);
  let at = softmax.at + here * softmax.columns;
  let length = select(softmax.columns, min(lengths[here % softmax.batch], softmax.columns), softmax.has_lengths == 1u);
  var most = weights[at];
  for (var s = lane % SLICES; s < length; s += SLICES) {
    most = max(most, weights[at + s]);
  }
  most = row_max(most, lane);
  var sum = 0.0;
  for (var s = lane % SLICES; s < length; s += SLICES) {
    sum += exp(weights[at + s] - most);
  }
  sum = row_sum(sum, lane);
  if (row < softmax.rows) {
    for (var s = lane % SLICES; s < softmax.columns; s += SLICES) {
      weights[at + s] = select(0.0, exp(weights[at + s] - most) / sum, s < length);
    }
  }
}
