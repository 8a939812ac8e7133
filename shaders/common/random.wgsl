// Counter-based random numbers: four from four counters, nothing stored. pcg4d of Jarzynski and Olano,
// "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
fn pcg4d(counters: vec4u) -> vec4u {
  var v = counters * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// In (0, 1), never an end: the middle of one of 2^24 equal parts.
fn uniform_from(bits: u32) -> f32 {
  return (f32(bits >> 8u) + 0.5) * 5.9604644775390625e-8;
}

// Standard normal (Box and Muller, 1958).
fn gaussian_from(bits: vec4u) -> f32 {
  return sqrt(-2.0 * log(uniform_from(bits.x))) * cos(6.283185307179586 * uniform_from(bits.y));
}
