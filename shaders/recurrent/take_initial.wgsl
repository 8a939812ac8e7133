// The initial h as time steps are to read it: rounded where h is, and, as W is to see it, dropped where it is; a step does so
// itself for the h that it makes.
@group(0) @binding(3) var<storage, read_write> states: array<f32>;

@compute @workgroup_size(LANES)
fn take_initial(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = step.batch * step.hidden_size;
  for (var place = id.x; place < length; place += groups.x * LANES) {
    let h = rounded(states[step.state_in + place]);
    states[step.state_in + place] = h;
    if (DROPS) {
      states[step.recurrent_in + place] = dropped(place / step.hidden_size, place % step.hidden_size, h);
    }
  }
}
