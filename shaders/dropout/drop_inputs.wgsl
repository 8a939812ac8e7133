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
fn drop_inputs(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = sequence.steps * sequence.batch * sequence.width;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    let row = i / sequence.width;
    let t = sequence.first_time + row / sequence.batch;
    values[sequence.values_at + i] *= mask_at(t, row % sequence.batch, i % sequence.width);
  }
}
