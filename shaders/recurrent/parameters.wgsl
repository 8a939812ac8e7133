// The parameters that a time step reads, as they are. Its other is parameters_half.wgsl.
@group(0) @binding(1) var<storage, read> parameters: array<f32>;

fn parameter(place: u32) -> f32 {
  return parameters[place];
}
