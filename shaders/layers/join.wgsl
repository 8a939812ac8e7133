// The output of a layer: o[t, b, :] = live(t, b) · (mask ∘ [first ‖ second] + residual).
//
// `first` and `second` are the h of the two directions, [steps, B, H] each; a layer of one direction has `first` only,
// W being H. Past a sequence's end o is 0, whatever stands in what is read.

struct Sequence {
  steps: u32,
  batch: u32, // B
  width: u32, // W
  first_time: u32, // t of the first of `steps`
  rate: f32,
  seed: u32,
  place: u32,
  per_sequence: u32,
  part_width: u32, // H
  first_at: u32,
  second_at: u32,
  has_residual: u32,
  residual_at: u32,
  out_at: u32,
}

@group(0) @binding(0) var<uniform> sequence: Sequence;
@group(0) @binding(1) var<storage, read> first: array<f32>;
@group(0) @binding(2) var<storage, read> second: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>; // [steps, B, W]
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // [steps, B, W]

@compute @workgroup_size(LANES)
fn join_output(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var row = group.y; row < sequence.steps * sequence.batch; row += groups.y) {
    let b = row % sequence.batch;
    let t = sequence.first_time + row / sequence.batch;
    let live = is_live(t, b);
    // @unroll
    for (var c = 0u; c < EACH; c++) {
      let feature = column_of(group, lane, c);
      if (feature < sequence.width) {
        out[sequence.out_at + row * sequence.width + feature] = output_element(row, t, b, feature, live);
      }
    }
  }
}

fn output_element(row: u32, t: u32, b: u32, feature: u32, live: bool) -> f32 {
  if (!live) {
    return 0.0;
  }
  let h = part_element(row, feature) * mask_at(t, b, feature);
  if (sequence.has_residual == 1u) {
    return h + residual[sequence.residual_at + row * sequence.width + feature];
  }
  return h;
}

fn part_element(row: u32, feature: u32) -> f32 {
  let place = row * sequence.part_width;
  if (feature < sequence.part_width) {
    return first[sequence.first_at + place + feature];
  }
  return second[sequence.second_at + place + feature - sequence.part_width];
}
