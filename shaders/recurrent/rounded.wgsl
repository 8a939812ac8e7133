// h has 16 bits (binary16 of IEEE 754) from when it is made or, initially, taken over: whatever reads it, forward or backward,
// reads the same, and gradients pass the rounding as they are. What is no number stays none. Its other is unrounded.wgsl.
fn rounded(h: f32) -> f32 {
  return select(h, nearest_half(h), is_finite(h));
}
