// What decides about an iteration's update, and what the host reads of it.

struct Record {
  loss: f32,
  gradient_norm: f32,
}

struct Control {
  iteration: u32, // updates done
  refused: u32,   // 1 from the first loss or gradient that was not finite: no update from then on
  scale: f32,     // what clipping multiplies the gradient by
  unused: u32,
  records: array<Record>, // a ring: the iteration after i updates writes at i modulo its length
}

// Set by the host, also while training runs.
struct Settings {
  learning_rate: f32,
  clip_norm: f32, // 0: never clip
  momentum: f32,
  beta1: f32,
  beta2: f32,
  one_minus_beta1: f32,
  one_minus_beta2: f32,
  log_beta1: f32,
  log_beta2: f32,
  epsilon: f32,
}
