// Puts the states that a window of streams ends with by, for the next window and for a checkpoint. Those of an iteration
// whose update was refused are left out: they may be no numbers.

struct Keep {
  planes: u32, // S
  plane_stride: u32,
  length: u32, // B·H
  final_at: u32, // of the last slot in a plane
}

@group(0) @binding(0) var<uniform> keep: Keep;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> states: array<f32>; // [S][slots, B, H]
@group(0) @binding(3) var<storage, read_write> carried: array<f32>; // [S][B, H]

@compute @workgroup_size(LANES)
fn keep_states(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (control.refused == 1u) {
    return;
  }
  for (var i = id.x; i < keep.planes * keep.length; i += groups.x * LANES) {
    carried[i] = states[keep.final_at + i / keep.length * keep.plane_stride + i % keep.length];
  }
}
