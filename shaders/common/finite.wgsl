// WGSL compilers assume that NaN and infinity do not occur and remove `x != x`; only the bits tell.
fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}
