// Turns what the model said after reading value n into value n + 1, and feeds it to every row as the next input.
//
// A draw has `window` rows. They read the same values, each one step behind the last: row r begins a new window at
// every n ≡ r (mod window), so that after value n exactly one row, (n + 1) mod window, has read the last `window`
// values from a zero state. It speaks, and clear_row.wgsl then lets it begin again. With the state carried on there
// is one row a draw, and it is never cleared.

struct Emit {
  n: u32,
  seed_length: u32, // values 0 … seed_length − 1 are given
  window: u32,      // rows of a draw
  draws: u32,
  features: u32,    // F
  hidden_size: u32, // H of the top layer
  states_at: u32,   // its h after value n, [rows, H]
  weights: u32,     // U [H, F] of the readout
  bias: u32,        // d [F]
}

// Of one request.
struct Noise {
  deviation: f32,
  seed: u32,
}

const NOISE = 0x4e4f4953u; // "NOIS", what these random numbers are for

@group(0) @binding(0) var<uniform> emit: Emit;
@group(0) @binding(1) var<storage, read> noise: Noise;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> states: array<f32>;            // of the top layer
@group(0) @binding(4) var<storage, read_write> sequence: array<f32>;    // [seed_length + steps, draws, F]
@group(0) @binding(5) var<storage, read_write> inputs: array<f32>;      // [rows, F]

@compute @workgroup_size(LANES)
fn emit_value(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = emit.draws * emit.window * emit.features;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    emit_element(i);
  }
}

fn emit_element(i: u32) {
  let f = i % emit.features;
  let row = i / emit.features;
  let draw = row / emit.window;
  let place = ((emit.n + 1u) * emit.draws + draw) * emit.features + f;
  if (emit.n + 1u < emit.seed_length) {
    inputs[i] = sequence[place];
    return;
  }
  let speaker = draw * emit.window + (emit.n + 1u) % emit.window;
  let step = emit.n + 1u - emit.seed_length;
  var value = readout(speaker, f);
  if (noise.deviation > 0.0) {
    value += noise.deviation * gaussian_from(pcg4d(vec4u(noise.seed, step, draw, NOISE + f)));
  }
  inputs[i] = value;
  if (row == speaker) {
    sequence[place] = value;
  }
}

// y = h·U + d of one row and feature. All rows of a draw compute it again: that is cheaper than a dispatch for it.
fn readout(row: u32, f: u32) -> f32 {
  var sum = parameters[emit.bias + f];
  for (var k = 0u; k < emit.hidden_size; k++) {
    sum += states[emit.states_at + row * emit.hidden_size + k] * parameters[emit.weights + k * emit.features + f];
  }
  return sum;
}
