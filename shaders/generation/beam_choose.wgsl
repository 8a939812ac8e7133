// The new beams: of the K·K candidates of beam.wgsl the best K, best first, of equal ones that of the lower beam and then
// token. Each candidate counts those before it: that is its place.

struct Choice {
  beams: u32, // K
  step: u32,
  next_at: u32,
}

@group(0) @binding(0) var<uniform> choice: Choice;
@group(0) @binding(1) var<storage, read> candidate_scores: array<f32>; // [K, K], each row the best first
@group(0) @binding(2) var<storage, read> candidate_tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;  // [K]
@group(0) @binding(4) var<storage, read_write> parents: array<u32>; // [steps, K]
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>;  // [steps, K]
@group(0) @binding(6) var<storage, read_write> next: array<u32>;    // [K], the next time step's input

@compute @workgroup_size(LANES)
fn choose_beams(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < choice.beams * choice.beams; i += groups.x * LANES) {
    place_candidate(i);
  }
}

fn place_candidate(i: u32) {
  let score = candidate_scores[i];
  var place = 0u;
  for (var j = 0u; j < choice.beams * choice.beams; j++) {
    let other = candidate_scores[j];
    place += select(0u, 1u, other > score || (other == score && j < i));
  }
  if (place < choice.beams) {
    scores[place] = score;
    parents[choice.step * choice.beams + place] = i / choice.beams;
    tokens[choice.step * choice.beams + place] = candidate_tokens[i];
    next[choice.next_at + place] = candidate_tokens[i];
  }
}
