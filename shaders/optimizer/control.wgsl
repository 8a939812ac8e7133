// What decides about an iteration's update, and what the host reads of it.

struct Record {
  loss: f32,
  gradient_norm: f32, // before any clipping
}

// What an update is made with; settle.wgsl writes it.
struct Step {
  number: u32, // of this update, 1 for the first
  scale: f32,  // what clipping by norm multiplies the gradient by
  rate: f32,   // the learning rate, schedule included
}

struct Control {
  iteration: u32, // updates done
  refused: u32,   // 1 from the first loss, gradient or step that was not finite: no update from then on
  step: Step,
  records: array<Record>, // a ring: the iteration after i updates writes at i modulo its length
}

// Set by the host, also while training runs.
struct Settings {
  learning_rate: f32,       // before the schedule
  clip_norm: f32,           // 0: never clip
  clip_value: f32,          // the largest float: never clip
  weight_decay: f32,        // λ
  schedule: u32,            // one of the constants SCHEDULE_…
  schedule_iterations: u32, // what a schedule counts by, from 1
  log_factor: f32,          // ln of the factor of the schedule in steps
  momentum: f32,            // μ
  beta1: f32,
  beta2: f32,               // of RMSProp ρ
  one_minus_beta1: f32,
  one_minus_beta2: f32,
  log_beta1: f32,
  log_beta2: f32,
  epsilon: f32,
}
