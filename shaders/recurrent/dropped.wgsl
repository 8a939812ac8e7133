// W sees h through dropout: mask ∘ h, kept in one more plane of the states, STATES, beside the h that the cell goes on
// with. The masks of a sequence's time steps differ, or are all that of time 0: `drop_time` says which this is.
@group(0) @binding(8) var<storage, read> control: Control;

const DROPS = true;

// mask · value: of an h on its way to W, and of a gradient on its way back.
fn dropped(row: u32, unit: u32, value: f32) -> f32 {
  let element = (step.drop_time * step.batch + row) * step.hidden_size + unit;
  return value * dropout_scale(step.drop_rate, step.drop_seed, control.iteration, step.drop_place, element);
}
