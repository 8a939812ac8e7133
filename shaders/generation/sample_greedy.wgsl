// The largest logit's token, of equal ones the lowest.

fn choose_token(row: u32, lane: u32) -> u32 {
  let at = sample.logits_at + row * sample.columns;
  var best = 0u;
  var most = logits[at];
  for (var j = lane % SLICES; j < sample.columns; j += SLICES) {
    if (logits[at + j] > most) {
      most = logits[at + j];
      best = j;
    }
  }
  let largest = row_max(most, lane);
  return row_first(select(sample.columns - 1u, best, most == largest), lane);
}
