// After a beam step the states follow their beams: row k of one slot becomes row parents[k] of another, in every state
// [S][slots, K, H] of a layer.

struct Reorder {
  length: u32, // S·K·H
  beams: u32,  // K
  hidden_size: u32,
  parents_at: u32,
  state_stride: u32, // from one state to the next
  from_at: u32,      // of the slot read
  to_at: u32,        // of the slot written
}

@group(0) @binding(0) var<uniform> reorder: Reorder;
@group(0) @binding(1) var<storage, read> parents: array<u32>;
@group(0) @binding(2) var<storage, read_write> states: array<f32>;

@compute @workgroup_size(LANES)
fn reorder_states(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < reorder.length; i += groups.x * LANES) {
    reorder_element(i);
  }
}

fn reorder_element(i: u32) {
  let unit = i % reorder.hidden_size;
  let row = i / reorder.hidden_size % reorder.beams;
  let state = i / reorder.hidden_size / reorder.beams * reorder.state_stride;
  let parent = parents[reorder.parents_at + row];
  states[state + reorder.to_at + row * reorder.hidden_size + unit] =
    states[state + reorder.from_at + parent * reorder.hidden_size + unit];
}
