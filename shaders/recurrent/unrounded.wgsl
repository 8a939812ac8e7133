// h has 32 bits. Its other is rounded.wgsl.
fn rounded(h: f32) -> f32 {
  return h;
}
