// The mask of a sequence [.., B, width]: what element (t, b, feature) is multiplied by, t being the time step counted from
// the sequence's beginning. With one mask for a whole sequence that of t = 0 serves all time steps. Joined after
// mask.wgsl, with a driver whose uniform `sequence` has batch, width, rate, seed, place and per_sequence.

@group(0) @binding(7) var<storage, read> control: Control;

fn mask_at(t: u32, b: u32, feature: u32) -> f32 {
  let mask_time = select(t, 0u, sequence.per_sequence == 1u);
  let element = (mask_time * sequence.batch + b) * sequence.width + feature;
  return dropout_scale(sequence.rate, sequence.seed, control.iteration, sequence.place, element);
}
