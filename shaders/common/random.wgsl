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

// cos(2πv) for v in [0, 1]. WGSL's own cos may err by 5e-4, and by anything for arguments above π. Here v is folded
// onto a quarter turn, where the series ends below float32's precision.
fn cosine_of_turns(v: f32) -> f32 {
  let from_half = abs(v - 0.5);
  let turns = min(from_half, 0.5 - from_half);
  let z = (6.283185307179586 * turns) * (6.283185307179586 * turns);
  let cosine = 1.0 + z * (-1.0 / 2.0 + z * (1.0 / 24.0 + z * (-1.0 / 720.0
             + z * (1.0 / 40320.0 + z * (-1.0 / 3628800.0 + z * (1.0 / 479001600.0))))));
  return select(cosine, -cosine, from_half < 0.25);
}

// Standard normal (Box and Muller, 1958). A logarithm that errs near 1 must not make a root of less than 0.
fn gaussian_from(bits: vec4u) -> f32 {
  let radius = sqrt(max(-2.0 * log(uniform_from(bits.x)), 0.0));
  return radius * cosine_of_turns(uniform_from(bits.y));
}
