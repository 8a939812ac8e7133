// From dα to the gradient of the scores, in place: dα becomes α · (dα − Σ_s α·dα). Where α is 0, so is the result.

struct SoftmaxBackward {
  rows: u32,    // T·B
  columns: u32, // Te
  weights_at: u32,
}

@group(0) @binding(0) var<uniform> softmax: SoftmaxBackward;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> d_weights: array<f32>;

@compute @workgroup_size(ROWS * SLICES)
fn softmax_rows_backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var first = group.x * ROWS; first < softmax.rows; first += groups.x * ROWS) {
    softmax_row_backward(first + lane / SLICES, lane);
  }
}

// Rows past the last are treated as it is, and not written: barriers must be met by all.
fn softmax_row_backward(row: u32, lane: u32) {
  let at = min(row, softmax.rows - 1u) * softmax.columns;
  var sum = 0.0;
  for (var s = lane % SLICES; s < softmax.columns; s += SLICES) {
    sum += weights[softmax.weights_at + at + s] * d_weights[at + s];
  }
  sum = row_sum(sum, lane);
  if (row < softmax.rows) {
    for (var s = lane % SLICES; s < softmax.columns; s += SLICES) {
      d_weights[at + s] = weights[softmax.weights_at + at + s] * (d_weights[at + s] - sum);
    }
  }
}
