// What each row says next, chosen from its logits by choose_token (sample_greedy.wgsl or sample_draw.wgsl). A row that
// has said the end token goes on saying it.

struct Sample {
  rows: u32,    // B
  columns: u32, // V
  step: u32,    // index of this token
  logits_at: u32,
  next_at: u32,
}

// Of one request: a recorded plan serves any.
struct SampleSettings {
  temperature: f32,
  top_k: u32, // 0: all
  seed: u32,
  end_token: u32, // 0xffffffff: none
}

@group(0) @binding(0) var<uniform> sample: Sample;
@group(0) @binding(1) var<storage, read> settings: SampleSettings;
@group(0) @binding(2) var<storage, read> logits: array<f32>;         // [B, V]
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;   // [steps, B]
@group(0) @binding(4) var<storage, read_write> next: array<u32>;     // [B], the next time step's input

@compute @workgroup_size(ROWS * SLICES)
fn sample_tokens(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var first = group.x * ROWS; first < sample.rows; first += groups.x * ROWS) {
    let row = first + lane / SLICES;
    let token = choose_token(min(row, sample.rows - 1u), lane);
    if (row < sample.rows && lane % SLICES == 0u) {
      let said = select(token, settings.end_token, has_ended(row));
      tokens[sample.step * sample.rows + row] = said;
      next[sample.next_at + row] = said;
    }
  }
}

fn has_ended(row: u32) -> bool {
  if (sample.step == 0u) {
    return false;
  }
  return tokens[(sample.step - 1u) * sample.rows + row] == settings.end_token;
}
