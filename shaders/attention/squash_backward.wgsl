// Through a = tanh(sums): d(sums) = da · (1 − a²).

struct SquashBackward {
  length: u32,
  out_at: u32,
  d_out_at: u32,
}

@group(0) @binding(0) var<uniform> squash: SquashBackward;
@group(0) @binding(1) var<storage, read> out: array<f32>; // a
@group(0) @binding(2) var<storage, read> d_out: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_sums: array<f32>;

@compute @workgroup_size(LANES)
fn squash_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < squash.length; i += groups.x * LANES) {
    let y = out[squash.out_at + i];
    d_sums[i] = d_out[squash.d_out_at + i] * (1.0 - y * y);
  }
}
