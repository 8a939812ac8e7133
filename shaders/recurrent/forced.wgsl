// Gates, and after the cell states, are held at the values of `forced` [G + S][H]; one that is not less than FREE lets
// the cell's own stand. What is held is a constant: no gradient flows through it.
@group(0) @binding(9) var<storage, read> forced: array<f32>;

const FREE = 3.0e38;

// Whose gates the cell asks for.
var<private> held_unit: u32;

fn hold_gates_of(unit: u32) {
  held_unit = unit;
}

fn gate(index: u32, value: f32) -> f32 {
  return held_or(value, index, held_unit);
}

fn gate_slope(index: u32, slope: f32) -> f32 {
  return select(slope, 0.0, is_held(index, held_unit));
}

fn state_of(index: u32, unit: u32, value: f32) -> f32 {
  return held_or(value, GATES + index, unit);
}

fn through_state(index: u32, unit: u32, d: f32) -> f32 {
  return select(d, 0.0, is_held(GATES + index, unit));
}

fn held_or(value: f32, index: u32, unit: u32) -> f32 {
  return select(value, forced[index * step.hidden_size + unit], is_held(index, unit));
}

fn is_held(index: u32, unit: u32) -> bool {
  return forced[index * step.hidden_size + unit] < FREE;
}
