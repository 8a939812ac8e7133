// How much each output counts.

@group(0) @binding(2) var<storage, read> mask: array<f32>; // [T′, B]

fn mask_of(i: u32) -> f32 {
  return mask[i];
}
