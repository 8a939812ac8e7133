// Sets the states of the rows that have spoken to zero, so that they read a new window. See emit.wgsl.

struct Clear {
  row: u32, // of each draw
  window: u32,
  draws: u32,
  hidden_size: u32,
  states_at: u32, // of the slot
  state_stride: u32,
  state_count: u32,
}

@group(0) @binding(0) var<uniform> clear: Clear;
@group(0) @binding(1) var<storage, read_write> states: array<f32>;

@compute @workgroup_size(LANES)
fn clear_row(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = clear.state_count * clear.draws * clear.hidden_size;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    clear_element(i);
  }
}

fn clear_element(i: u32) {
  let unit = i % clear.hidden_size;
  let draw = i / clear.hidden_size % clear.draws;
  let state = i / clear.hidden_size / clear.draws;
  let row = draw * clear.window + clear.row;
  states[clear.states_at + state * clear.state_stride + row * clear.hidden_size + unit] = 0.0;
}
