// What W reads of h(t−1) the step before has left apart, with 16 bits where the adapter has them: half the bytes for each of
// the workgroups that read it; elsewhere with 32. It is the same number, since h is rounded, and to no subnormal one. The first
// step of a span reads the states. Its other is unrecalled.wgsl.
@group(0) @binding(8) var<storage, read_write> recent: array<Half>; // [2][B, H], which take turns

// Of h(t−1) [B, H], as W sees it.
fn hidden_before(place: u32) -> f32 {
  if (step.is_first == 1u) {
    return states[step.recurrent_in + place];
  }
  return f32(recent[step.batch * step.hidden_size - step.recent_at + place]);
}

fn leave_hidden(place: u32, h: f32) {
  recent[step.recent_at + place] = Half(h);
}
