// Cuts a batch of windows out of a series, and the targets one step further on.
//
//   inputs[t, b, f] = series[start(b) + t, f]     targets[t, b, f] = series[start(b) + t + 1, f]
//
// While training, start(b) is drawn from `starts` by a counter-based random number of seed, iteration and row, so
// that a batch follows from the iteration alone; otherwise it is starts[b]. Of the four numbers the last is taken: the
// low bits of the others are uneven where one counter alone varies.

struct Gather {
  steps: u32,    // T
  batch: u32,    // B
  features: u32, // F
  seed: u32,
  start_count: u32,
  is_random: u32,
}

const WINDOWS = 0x57494e44u; // "WIND", what these random numbers are for

@group(0) @binding(0) var<uniform> gather: Gather;
@group(0) @binding(1) var<storage, read> series: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> control: Control;
@group(0) @binding(4) var<storage, read_write> inputs: array<f32>;
@group(0) @binding(5) var<storage, read_write> targets: array<f32>;

@compute @workgroup_size(LANES)
fn gather_windows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = gather.steps * gather.batch * gather.features;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    gather_element(i);
  }
}

fn gather_element(i: u32) {
  let width = gather.batch * gather.features;
  let t = i / width;
  let b = (i % width) / gather.features;
  let f = i % gather.features;
  var which = b;
  if (gather.is_random == 1u) {
    which = pcg4d(vec4u(gather.seed, control.iteration, b, WINDOWS)).w % gather.start_count;
  }
  let place = (starts[which] + t) * gather.features + f;
  inputs[i] = series[place];
  targets[i] = series[place + gather.features];
}
