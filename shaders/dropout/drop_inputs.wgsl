// values ∘ mask, in place. The mask being the same each time, this is the gradient's way back through it too.

struct Sequence {
  steps: u32,
  batch: u32, // B
  width: u32,
  first_time: u32, // t of the first of `steps`
  rate: f32,
  seed: u32,
  place: u32,
  per_sequence: u32,
  values_at: u32,
}

@group(0) @binding(0) var<uniform> sequence: Sequence;
@group(0) @binding(1) var<storage, read_write> values: array<f32>; // [steps, B, width]

@compute @workgroup_size(LANES)
fn drop_inputs(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var row = group.y; row < sequence.steps * sequence.batch; row += groups.y) {
    let b = row % sequence.batch;
    let t = sequence.first_time + row / sequence.batch;
    // @unroll
    for (var c = 0u; c < EACH; c++) {
      let feature = column_of(group, lane, c);
      if (feature < sequence.width) {
        values[sequence.values_at + row * sequence.width + feature] *= mask_at(t, b, feature);
      }
    }
  }
}
