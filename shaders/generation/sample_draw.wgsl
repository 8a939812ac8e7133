// A token drawn from softmax(logits / temperature) over the kept tokens: the k largest logits, of equal ones those of
// lower index. u, uniform in (0, 1), follows from seed, step and row alone; the token drawn is the first whose
// cumulative probability, in the order of the indices, is above u.
//
// Each slice of a row treats consecutive tokens (see common/rows.wgsl), so that the order of the indices is that of the slices.

const DRAW = 0x53414d50u; // "SAMP", what these random numbers are for

// The k-th largest logit as a key, and how many of those equal to it are kept.
struct Kept {
  key: u32,
  equal: f32,
}

fn choose_token(row: u32, lane: u32) -> u32 {
  let at = sample.logits_at + row * sample.columns;
  let width = (sample.columns + SLICES - 1u) / SLICES;
  let first = min(lane % SLICES * width, sample.columns);
  let end = min(first + width, sample.columns);
  var kept = Kept(0u, 0.0);
  if (settings.top_k > 0u && settings.top_k < sample.columns) {
    kept = kept_tokens(at, first, end, lane);
  }

  var most = logits[at];
  for (var j = first; j < end; j++) {
    most = max(most, logits[at + j]);
  }
  most = row_max(most, lane);
  var weights = 0.0;
  var equal = kept.equal;
  for (var j = first; j < end; j++) {
    weights += weight_of(logits[at + j], most, kept.key, &equal);
  }
  let before = slices_before(weights, lane);

  // Rounding must not make u 1: the largest number below it times the sum is below the sum.
  let bits = pcg4d(vec4u(settings.seed, sample.step, row, DRAW)).w;
  let target_weight = min(uniform_from(bits), 0.99999994) * row_sum(weights, lane);
  var token = sample.columns - 1u;
  var cumulative = 0.0;
  equal = kept.equal;
  for (var j = first; j < end; j++) {
    cumulative += weight_of(logits[at + j], most, kept.key, &equal);
    if (before + cumulative > target_weight) {
      token = j;
      break;
    }
  }
  return row_first(token, lane);
}

// Weight in the softmax, 0 where the token is not kept. `equal` counts down how many at the threshold still are.
fn weight_of(logit: f32, most: f32, threshold: u32, equal: ptr<function, f32>) -> f32 {
  let key = ordered_key(logit);
  if (key == threshold) {
    *equal -= 1.0;
  }
  let is_kept = key > threshold || (key == threshold && *equal >= 0.0);
  return select(0.0, exp((logit - most) / settings.temperature), is_kept);
}

// The threshold is found bit by bit from the top: the largest key that at least k keys reach.
fn kept_tokens(at: u32, first: u32, end: u32, lane: u32) -> Kept {
  let k = f32(settings.top_k);
  var key = 0u;
  for (var bit = 0u; bit < 32u; bit++) {
    let candidate = key | (0x80000000u >> bit);
    var count = 0.0;
    for (var j = first; j < end; j++) {
      count += select(0.0, 1.0, ordered_key(logits[at + j]) >= candidate);
    }
    if (row_sum(count, lane) >= k) {
      key = candidate;
    }
  }
  var above = 0.0;
  var equal = 0.0;
  for (var j = first; j < end; j++) {
    let other = ordered_key(logits[at + j]);
    above += select(0.0, 1.0, other > key);
    equal += select(0.0, 1.0, other == key);
  }
  return Kept(key, k - row_sum(above, lane) - slices_before(equal, lane));
}

// A number that is ordered as x is: the bits of a negative number turned round, those of others above them. −0 is made 0.
fn ordered_key(x: f32) -> u32 {
  let bits = select(bitcast<u32>(x), 0u, x == 0.0);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}
