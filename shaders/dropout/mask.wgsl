// What dropout multiplies an element by: 0 with probability `rate`, otherwise 1 / (1 − rate) (Srivastava et al., 2014).
// The decision follows from seed, iteration, place in the model and element alone, so that the backward sweep takes it
// again in place of reading it. Joined after common/random.wgsl.

const DROP = 0x44524f50u; // "DROP", what these random numbers are for

fn dropout_scale(rate: f32, seed: u32, iteration: u32, place: u32, element: u32) -> f32 {
  let bits = pcg4d(vec4u(seed, iteration, element, DROP + place)).w;
  let u = f32(bits >> 8u) * 5.9604644775390625e-8;
  return select(0.0, 1.0 / (1.0 - rate), u >= rate);
}
