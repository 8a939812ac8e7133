// No gate and no state is held at a value. Its other is forced.wgsl.
fn gate(index: u32, value: f32) -> f32 {
  return value;
}

fn state_of(index: u32, unit: u32, value: f32) -> f32 {
  return value;
}

fn hold_gates_of(unit: u32) {}
