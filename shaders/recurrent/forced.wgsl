// Gates, and after the cell states, are held at the values of `forced` [G + S][H]; one that is not less than FREE lets
// the cell's own stand.
@group(0) @binding(9) var<storage, read> forced: array<f32>;

const FREE = 3.0e38;

// Whose gates the cell asks for.
var<private> held_unit: u32;

fn hold_gates_of(unit: u32) {
  held_unit = unit;
}

// What a cell makes of a gate once it is activated.
fn gate(index: u32, value: f32) -> f32 {
  return held_or(index, held_unit, value);
}

fn state_of(index: u32, unit: u32, value: f32) -> f32 {
  return held_or(GATES + index, unit, value);
}

fn held_or(index: u32, unit: u32, value: f32) -> f32 {
  let held = forced[index * step.hidden_size + unit];
  return select(value, held, held < FREE);
}
