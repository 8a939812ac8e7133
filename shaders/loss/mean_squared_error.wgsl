// L = 1/(n·O) · Σ w·(y − target)², dL/dy = 2·w/(n·O) · (y − target), n being the sum of the rows' weights w.
// Each of the PARTIALS invocations sums its own stride.

@group(0) @binding(2) var<storage, read> targets: array<f32>; // [T′·B, O]

@compute @workgroup_size(SUM_WIDTH)
fn mean_squared_error(@builtin(global_invocation_id) id: vec3u) {
  let length = loss.rows * loss.width;
  let targets_at = loss.targets_at + loss.first_row * loss.width;
  let n = weight_sum() * f32(loss.width);
  var sum = 0.0;
  for (var i = id.x; i < length; i += PARTIALS) {
    let weight = weight_of_output(i);
    var d = 0.0;
    if (weight > 0.0) {
      let difference = outputs[loss.outputs_at + i] - targets[targets_at + i];
      d = 2.0 * weight * difference / n;
      sum += weight * difference * difference;
    }
    d_outputs[loss.d_outputs_at + i] = d;
  }
  write_part(id.x, sum, n);
}
