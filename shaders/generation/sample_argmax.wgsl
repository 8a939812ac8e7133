// The token of each row's largest logit, as sample_greedy.wgsl chooses it, and nothing else.

struct Sample {
  rows: u32,    // B
  columns: u32, // V
  logits_at: u32,
  next_at: u32,
}

@group(0) @binding(0) var<uniform> sample: Sample;
@group(0) @binding(1) var<storage, read> logits: array<f32>;     // [B, V]
@group(0) @binding(2) var<storage, read_write> next: array<u32>; // [B]

@compute @workgroup_size(ROWS * SLICES)
fn argmax_rows(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var first = group.x * ROWS; first < sample.rows; first += groups.x * ROWS) {
    let row = first + lane / SLICES;
    let token = choose_token(min(row, sample.rows - 1u), lane);
    if (row < sample.rows && lane % SLICES == 0u) {
      next[sample.next_at + row] = token;
    }
  }
}
