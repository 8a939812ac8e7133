// After the last step back: what comes back through W from the step that ran first belongs to the initial h.
fn finish_unit(row: u32, unit: u32, through_weights: f32) {
  d_states[row * step.hidden_size + unit] += dropped(row, unit, through_weights);
}
