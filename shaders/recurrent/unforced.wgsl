// No gate and no state is held at a value. Its other is forced.wgsl.
fn gate(index: u32, value: f32) -> f32 {
  return value;
}

fn gate_slope(index: u32, slope: f32) -> f32 {
  return slope;
}

fn state_of(index: u32, unit: u32, value: f32) -> f32 {
  return value;
}

fn through_state(index: u32, unit: u32, d: f32) -> f32 {
  return d;
}

fn hold_gates_of(unit: u32) {}
