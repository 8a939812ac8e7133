// Beam search: K hypotheses of one source as the rows of a batch. Here each beam finds its best K continuations;
// beam_choose.wgsl then takes the best K of those K·K, which are the best of all K·V.
//
//   score(beam, token) = score(beam) + log softmax(logits of the beam)[token]
//
// A beam that has said the end token has one continuation, the end token, at no cost. At step 0 all beams are the same,
// so that only the first has any. NO_BEAM stands for a continuation that does not exist.

const NO_BEAM = -1e38;
const BELOW_ALL = -3e38;

struct Beam {
  rows: u32,    // K
  columns: u32, // V
  step: u32,
  logits_at: u32,
}

struct BeamSettings {
  temperature: f32,
  top_k: u32,
  seed: u32,
  end_token: u32, // 0xffffffff: none; the others are not used
}

@group(0) @binding(0) var<uniform> beam: Beam;
@group(0) @binding(1) var<storage, read> settings: BeamSettings;
@group(0) @binding(2) var<storage, read> logits: array<f32>; // [K, V]
@group(0) @binding(3) var<storage, read> scores: array<f32>; // [K]
@group(0) @binding(4) var<storage, read> tokens: array<u32>; // [steps, K]
@group(0) @binding(5) var<storage, read_write> candidate_scores: array<f32>; // [K, K], the best first
@group(0) @binding(6) var<storage, read_write> candidate_tokens: array<u32>; // [K, K]

@compute @workgroup_size(ROWS * SLICES)
fn find_candidates(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var first = group.x * ROWS; first < beam.rows; first += groups.x * ROWS) {
    candidates_of(first + lane / SLICES, lane);
  }
}

// Rows past the last are treated as it is, and not written: barriers must be met by all.
fn candidates_of(row: u32, lane: u32) {
  let here = min(row, beam.rows - 1u);
  let log_sum = log_sum_exp(here, lane);
  var last_score = -BELOW_ALL;
  var last_token = 0u;
  for (var k = 0u; k < beam.rows; k++) {
    var best = BELOW_ALL;
    var token = 0u;
    for (var j = lane % SLICES; j < beam.columns; j += SLICES) {
      let score = score_of(here, j, log_sum);
      let comes_after = score < last_score || (score == last_score && j > last_token);
      if (comes_after && score > best) {
        best = score;
        token = j;
      }
    }
    last_score = row_max(best, lane);
    last_token = row_first(select(beam.columns, token, best == last_score), lane);
    if (row < beam.rows && lane % SLICES == 0u) {
      candidate_scores[row * beam.rows + k] = max(last_score, NO_BEAM);
      candidate_tokens[row * beam.rows + k] = select(0u, last_token, last_score > NO_BEAM);
    }
  }
}

fn score_of(row: u32, token: u32, log_sum: f32) -> f32 {
  if (beam.step == 0u) {
    return select(NO_BEAM, logits[beam.logits_at + token] - log_sum, row == 0u);
  }
  let score = scores[row];
  let said = tokens[(beam.step - 1u) * beam.rows + row];
  if (score <= NO_BEAM) {
    return NO_BEAM;
  }
  if (said == settings.end_token) {
    return select(NO_BEAM, score, token == settings.end_token);
  }
  return score + (logits[beam.logits_at + row * beam.columns + token] - log_sum);
}

// log Σ e^x over a row, from its largest x.
fn log_sum_exp(row: u32, lane: u32) -> f32 {
  let at = beam.logits_at + row * beam.columns;
  var most = logits[at];
  for (var j = lane % SLICES; j < beam.columns; j += SLICES) {
    most = max(most, logits[at + j]);
  }
  most = row_max(most, lane);
  var sum = 0.0;
  for (var j = lane % SLICES; j < beam.columns; j += SLICES) {
    sum += exp(logits[at + j] - most);
  }
  return most + log(row_sum(sum, lane));
}
