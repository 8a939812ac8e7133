// The nearest numbers of 16 bits (binary16 of IEEE 754), two to a word; the largest for what is beyond it.
fn nearest_halves(pair: vec2f) -> u32 {
  const LARGEST = vec2f(65504.0);
  return pack2x16float(clamp(pair, -LARGEST, LARGEST));
}
