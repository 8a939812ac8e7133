// One time step t of one layer, by the name of `step`: see one_step.wgsl and many_steps.wgsl. All places are in floats from
// the start of a buffer. In a reverse layer t−1 is the time step that is computed before, which is the one after it in time.
//
//   inputs      x(t) [B, I] at `input_at`; where HOISTED is 1 its input sums x(t)·Wx + b, [B, G·H]
//   parameters  W [I + H, G·H] at `weights`, b [G·H] at `bias`, own vectors [V][H] at `vectors`, `vector_stride` apart;
//               read by parameter(place), see parameters.wgsl
//   states      [S][slots, B, H], the planes `state_stride` apart; h(t−1) at `state_in`, h(t) at `state_out`; with
//               recurrent dropout one plane more, h as W sees it. h(t−1) as W sees it is at `recurrent_in`
//   recent      [2][B, H], where steps hand h on apart: h(t) at `recent_at`, and h(t−1), unless t `is_first`, at the other
//   saved       [T, B, SAVED, H], those of t at `saved_at`
//   d_sums      [T, B, D] with D = (SPLIT_SUMS ? 2 : 1)·G·H + V·H: gradients of the input sums, then (where split) of
//               the recurrent sums, then of the own vectors; those of t at `d_sums_at`

struct TimeStep {
  batch: u32,
  input_size: u32,
  hidden_size: u32,
  weights: u32,
  bias: u32,
  vectors: u32,
  vector_stride: u32,
  input_at: u32,
  state_in: u32,
  recurrent_in: u32,
  state_out: u32,
  state_stride: u32,
  saved_at: u32,
  time: u32,
  d_output_at: u32,
  d_sums_at: u32,
  d_sums_next: u32,    // those of t+1
  is_last: u32,        // 1: nothing comes back from t+1 through W
  starts_at_zero: u32, // 1: nothing has reached d_states yet
  drop_rate: f32,      // recurrent dropout: see dropped.wgsl
  drop_seed: u32,
  drop_place: u32,
  drop_time: u32,
  steps: u32,          // of a dispatch that goes on from here: see many_steps.wgsl
  ahead: u32,          // from the time of one to that of the next
  drop_ahead: u32,     // from one `drop_time` to the next
  is_first: u32,       // 1: h(t−1) is not in `recent`; see recalled.wgsl
  recent_at: u32,
}

fn read_vectors(unit: u32) -> array<f32, VECTOR_SLOTS> {
  var vectors: array<f32, VECTOR_SLOTS>;
  for (var v = 0u; v < VECTORS; v++) {
    vectors[v] = parameter(step.vectors + v * step.vector_stride + unit);
  }
  return vectors;
}
