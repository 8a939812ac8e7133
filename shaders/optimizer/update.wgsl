// Writes the next parameters and the optimiser's next values, and counts the update, unless it was refused.

@group(0) @binding(2) var<storage, read_write> control: Control;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(5) var<storage, read_write> slots: array<f32>; // [SLOTS][P]

@compute @workgroup_size(LANES)
fn update_parameters(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (control.refused == 1u) {
    return;
  }
  if (id.x == 0u) {
    control.iteration = control.step.number;
  }
  let step = control.step;
  for (var i = id.x; i < update.length; i += groups.x * LANES) {
    let next = next_values(i, step);
    parameters[i] = next.parameter;
    // @unroll
    for (var s = 0u; s < SLOTS; s++) {
      slots[s * update.length + i] = next.slots[s];
    }
  }
}
