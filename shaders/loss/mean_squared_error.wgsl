// L = 1/n · Σ (y − target)², dL/dy = 2/n · (y − target), over all n = T·B·O outputs.
// Each of the PARTIALS invocations sums its own stride into partials; settle.wgsl adds them up.

struct Loss {
  length: u32, // n
}

@group(0) @binding(0) var<uniform> loss: Loss;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_outputs: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>; // [2][PARTIALS]: loss, squares of the gradient

@compute @workgroup_size(SUM_WIDTH)
fn mean_squared_error(@builtin(global_invocation_id) id: vec3u) {
  let n = f32(loss.length);
  var sum = 0.0;
  for (var i = id.x; i < loss.length; i += PARTIALS) {
    let difference = outputs[i] - targets[i];
    d_outputs[i] = 2.0 * difference / n;
    sum += difference * difference;
  }
  partials[id.x] = sum / n;
}
