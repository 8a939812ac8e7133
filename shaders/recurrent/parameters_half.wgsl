// The parameters that a time step reads, rounded to 16 bits (binary16 of IEEE 754), two to a word: half the bytes. What is
// computed with them has 32 bits. Its other is parameters.wgsl.
@group(0) @binding(1) var<storage, read> parameters: array<u32>;

fn parameter(place: u32) -> f32 {
  return unpack2x16float(parameters[place >> 1u])[place & 1u];
}
