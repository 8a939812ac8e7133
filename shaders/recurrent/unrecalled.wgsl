// What W reads of h(t−1) is read from the states. Its other is recalled.wgsl.

// Of h(t−1) [B, H], as W sees it.
fn hidden_before(place: u32) -> f32 {
  return states[step.recurrent_in + place];
}

fn leave_hidden(place: u32, h: f32) {}
