// Back through join.wgsl, for the columns of one part (or, without dropout, for all of them, as the residual's):
//
//   d_part[t, b, :] = live(t, b) · mask ∘ d_out[t, b, columns of the part]
//
// Past a sequence's end it is 0, whatever stands in d_out.

struct Sequence {
  steps: u32,
  batch: u32, // B
  width: u32, // W
  first_time: u32, // t of the first of `steps`
  rate: f32,
  seed: u32,
  place: u32,
  per_sequence: u32,
  part_width: u32,
  part_column: u32, // of d_out, the first
  d_out_at: u32,
  d_part_at: u32,
  accumulate: u32, // 1: added to what is there
}

@group(0) @binding(0) var<uniform> sequence: Sequence;
@group(0) @binding(1) var<storage, read> d_out: array<f32>; // [steps, B, W]
@group(0) @binding(2) var<storage, read_write> d_part: array<f32>; // [steps, B, part_width]

@compute @workgroup_size(LANES)
fn join_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = sequence.steps * sequence.batch * sequence.part_width;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    let place = sequence.d_part_at + i;
    let before = select(0.0, d_part[place], sequence.accumulate == 1u);
    d_part[place] = before + gradient_element(i);
  }
}

fn gradient_element(i: u32) -> f32 {
  let feature = sequence.part_column + i % sequence.part_width;
  let row = i / sequence.part_width;
  let b = row % sequence.batch;
  let t = sequence.first_time + row / sequence.batch;
  if (!is_live(t, b)) {
    return 0.0;
  }
  return d_out[sequence.d_out_at + row * sequence.width + feature] * mask_at(t, b, feature);
}
