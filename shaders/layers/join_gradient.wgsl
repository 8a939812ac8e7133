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
fn join_gradient(
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
      let column = column_of(group, lane, c);
      if (column < sequence.part_width) {
        let place = sequence.d_part_at + row * sequence.part_width + column;
        let before = select(0.0, d_part[place], sequence.accumulate == 1u);
        d_part[place] = before + gradient_element(row, t, b, sequence.part_column + column, live);
      }
    }
  }
}

fn gradient_element(row: u32, t: u32, b: u32, feature: u32, live: bool) -> f32 {
  if (!live) {
    return 0.0;
  }
  return d_out[sequence.d_out_at + row * sequence.width + feature] * mask_at(t, b, feature);
}
