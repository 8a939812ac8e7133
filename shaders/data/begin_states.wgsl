// The states that a window of streams begins with: those carried on, or zeros in the rows where a sequence begins. At
// window 0 all begin. See keep_states.wgsl.

struct Begin {
  planes: u32, // S
  plane_stride: u32,
  batch: u32, // B
  hidden_size: u32, // H
  has_begins: u32,
  windows: u32, // W
}

@group(0) @binding(0) var<uniform> begin: Begin;
@group(0) @binding(1) var<storage, read> begins: array<u32>; // [W, B]
@group(0) @binding(2) var<storage, read> control: Control;
@group(0) @binding(3) var<storage, read> carried: array<f32>; // [S][B, H]
@group(0) @binding(4) var<storage, read_write> states: array<f32>; // [S][slots, B, H], slot 0 the initial one

@compute @workgroup_size(LANES)
fn begin_states(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let slot = begin.batch * begin.hidden_size;
  for (var i = id.x; i < begin.planes * slot; i += groups.x * LANES) {
    let value = select(carried[i], 0.0, starts_at_zero(i % slot / begin.hidden_size));
    states[i / slot * begin.plane_stride + i % slot] = value;
  }
}

fn starts_at_zero(b: u32) -> bool {
  let window = control.iteration % begin.windows;
  if (window == 0u) {
    return true;
  }
  return begin.has_begins == 1u && begins[window * begin.batch + b] == 1u;
}
