// First half of the global gradient norm: each of the PARTIALS invocations sums the squares of its own stride.

struct Squares {
  length: u32,
}

@group(0) @binding(0) var<uniform> squares: Squares;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>; // [2][PARTIALS]

@compute @workgroup_size(SUM_WIDTH)
fn square_sums(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  for (var i = id.x; i < squares.length; i += PARTIALS) {
    sum += gradients[i] * gradients[i];
  }
  partials[PARTIALS + id.x] = sum;
}
