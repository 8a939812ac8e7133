// a = tanh(sums), in place.

struct Squash {
  length: u32,
  at: u32,
}

@group(0) @binding(0) var<uniform> squash: Squash;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn squash_sums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < squash.length; i += groups.x * LANES) {
    out[squash.at + i] = safe_tanh(out[squash.at + i]);
  }
}
