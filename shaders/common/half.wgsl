// The nearest number of 16 bits (binary16 of IEEE 754), of two equally near ones the even one; the largest for what is beyond
// it, and below 2⁻¹⁴, the smallest that is normal, 0 or that, since an adapter may take a subnormal number for 0 (WGSL allows it).
// By its bits, since compilers take pack2x16float, and what unpacks it, for nothing done.
fn nearest_half(x: f32) -> f32 {
  let size = min(abs(x), 65504.0);
  let bits = bitcast<u32>(size);
  // 10 bits of the fraction's 23.
  let normal = bitcast<f32>((bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u);
  let nearest = select(normal, round(size * 0x1p14) * 0x1p-14, size < 0x1p-14);
  return select(nearest, -nearest, x < 0.0);
}
