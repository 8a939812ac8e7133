// What is added to the values that a model says.

// Of one request.
struct Noise {
  deviation: f32,
  seed: u32,
}

const NOISE = 0x4e4f4953u; // "NOIS", what these random numbers are for

@group(0) @binding(6) var<storage, read> noise: Noise;

// To a feature of what a draw says, of the values that are not given number `number`.
fn noise_of(number: u32, draw: u32, f: u32) -> f32 {
  if (noise.deviation > 0.0) {
    return noise.deviation * gaussian_from(pcg4d(vec4u(noise.seed, number, draw, NOISE + f)));
  }
  return 0.0;
}
