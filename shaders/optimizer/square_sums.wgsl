// First half of two global norms, of the gradient as it is and of the one clipped by value: each of the PARTIALS
// invocations sums the squares of its own stride.

struct Squares {
  length: u32,
}

@group(0) @binding(0) var<uniform> squares: Squares;
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>; // [3][PARTIALS]: see settle.wgsl

@compute @workgroup_size(SUM_WIDTH)
fn square_sums(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  var clipped_sum = 0.0;
  for (var i = id.x; i < squares.length; i += PARTIALS) {
    let g = gradients[i];
    let clipped = clamp(g, -settings.clip_value, settings.clip_value);
    sum += g * g;
    clipped_sum += clipped * clipped;
  }
  partials[PARTIALS + id.x] = sum;
  partials[2u * PARTIALS + id.x] = clipped_sum;
}
