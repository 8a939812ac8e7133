// Every parameter rounded to 16 bits (binary16 of IEEE 754), two to a word, as parameters_half.wgsl reads them, and with 32
// bits again for whatever else reads it.

struct Halve {
  length: u32,
}

@group(0) @binding(0) var<uniform> halve: Halve;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> halves: array<u32>;
@group(0) @binding(3) var<storage, read_write> rounded: array<f32>;

@compute @workgroup_size(LANES)
fn halve_parameters(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var word = id.x; 2u * word < halve.length; word += groups.x * LANES) {
    let second = 2u * word + 1u;
    let is_pair = second < halve.length;
    let pair = vec2f(parameters[2u * word], parameters[select(2u * word, second, is_pair)]);
    let nearest = vec2f(nearest_half(pair.x), nearest_half(pair.y));
    halves[word] = pack2x16float(nearest);
    rounded[2u * word] = nearest.x;
    if (is_pair) {
      rounded[second] = nearest.y;
    }
  }
}
