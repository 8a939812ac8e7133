// Looks at an update before any of it is written: where one of the next values is not finite, the update and all
// later ones are refused, and the value stands in the record in place of the gradient's norm, so that who reads it sees
// why.

// Control, its flag shared by all invocations.
struct Attempt {
  iteration: u32,
  refused: atomic<u32>,
  step: Step,
  records: array<Record>,
}

@group(0) @binding(2) var<storage, read_write> control: Attempt;
@group(0) @binding(4) var<storage, read> parameters: array<f32>;
@group(0) @binding(5) var<storage, read> slots: array<f32>; // [SLOTS][P]

@compute @workgroup_size(LANES)
fn check_update(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (atomicLoad(&control.refused) == 1u) {
    return;
  }
  let step = control.step;
  for (var i = id.x; i < update.length; i += groups.x * LANES) {
    let next = next_values(i, step);
    check(next.parameter);
    // @unroll
    for (var s = 0u; s < SLOTS; s++) {
      check(next.slots[s]);
    }
  }
}

// The first that finds something writes the record.
fn check(value: f32) {
  if (!is_finite(value) && atomicExchange(&control.refused, 1u) == 0u) {
    control.records[control.iteration % arrayLength(&control.records)].gradient_norm = value;
  }
}
