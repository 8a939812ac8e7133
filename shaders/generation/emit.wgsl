// Turns what the model said after reading value n into value n + 1, and feeds it to every row as the next input.
//
// A draw has `window` rows. They read the same values, each one step behind the last: row r begins a new window at
// every n ≡ r (mod window), so that after value n exactly one row, (n + 1) mod window, has read the last `window`
// values from a zero state. It speaks, and clear_row.wgsl then lets it begin again. With the state carried on there
// is one row a draw, and it is never cleared. Invocations share the sum of a value: see common/rows.wgsl.

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

@group(0) @binding(0) var<uniform> emit: Emit;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> states: array<f32>;            // of the top layer
@group(0) @binding(4) var<storage, read_write> sequence: array<f32>;    // [seed_length + steps, draws, F]
@group(0) @binding(5) var<storage, read_write> inputs: array<f32>;      // [rows, F]

@compute @workgroup_size(ROWS * SLICES)
fn emit_values(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let length = emit.draws * emit.window * emit.features;
  for (var first = group.x * ROWS; first < length; first += groups.x * ROWS) {
    emit_value(first + lane / SLICES, length, lane);
  }
}

// Values past the last are treated as it is, and not written: barriers must be met by all.
fn emit_value(i: u32, length: u32, lane: u32) {
  let here = min(i, length - 1u);
  let f = here % emit.features;
  let row = here / emit.features;
  let draw = row / emit.window;
  let place = ((emit.n + 1u) * emit.draws + draw) * emit.features + f;
  let speaker = draw * emit.window + (emit.n + 1u) % emit.window;
  let speaks = emit.n + 1u >= emit.seed_length;
  var value: f32;
  if (speaks) {
    value = readout(speaker, f, lane) + noise_of(emit.n + 1u - emit.seed_length, draw, f);
  } else {
    value = sequence[place];
  }
  if (i < length && lane % SLICES == 0u) {
    inputs[i] = value;
    if (speaks && row == speaker) {
      sequence[place] = value;
    }
  }
}

// y = h·U + d of one row and feature. All rows of a draw compute it again: that is cheaper than a dispatch for it.
fn readout(row: u32, f: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var k = lane % SLICES; k < emit.hidden_size; k += SLICES) {
    sum += states[emit.states_at + row * emit.hidden_size + k] * parameters[emit.weights + k * emit.features + f];
  }
  return parameters[emit.bias + f] + row_sum(sum, lane);
}
