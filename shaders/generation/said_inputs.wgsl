// A sequence, one a draw, reads what it has said: a continuation whose time steps are one dispatch, for which see
// recurrent/sequence.wgsl. Beyond emit.wgsl: invocations share the sum of a value, and nothing leaves the workgroup but what
// is said. Its other is recurrent/given_inputs.wgsl.
//
//   y = h·U + d     after the time steps that speak
//
// Where `window` is 0 the state is carried on: time step k reads value k and, unless that is given, says value k + 1.
// Otherwise each value is said after a window of its own: time steps k = v·window … read the values v … v + window − 1 from
// a zero state, and the last of them says the next one.

struct Continuation {
  seed_length: u32,  // values 0 … seed_length − 1 are given; `window` of them where there is one
  window: u32,
  readout: u32,      // U [H, F]
  readout_bias: u32, // d [F]
}

@group(0) @binding(5) var<storage, read> continuation: Continuation;
@group(0) @binding(10) var<storage, read_write> sequence: array<f32>; // [seed_length + steps, draws, F]

// Invocations that share the sum of a value, at most.
const MOST_READERS = 16u;

// x(t)·Wx + b of the unit's gates.
fn read_unit(at: Unit, before: Kept) -> Kept {
  let columns = GATES * step.hidden_size;
  var kept = before;
  if (begins(step.time)) {
    kept.state = array<f32, STATES>();
  }
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    kept.input_sum[g] = parameter(step.bias + g * step.hidden_size + at.unit);
  }
  let value = value_read(step.time);
  for (var f = 0u; f < step.input_size; f++) {
    let x = sequence[place_of(value, at.row, f)];
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      kept.input_sum[g] += x * parameter(step.weights + f * columns + g * step.hidden_size + at.unit);
    }
  }
  return kept;
}

fn move_on(n: u32, lane: u32, first_row: u32, rows: u32) {
  let k = first.time + n;
  step.time = k + 1u;
  if (!speaks(k)) {
    return;
  }
  let values = rows * first.input_size;
  let readers = clamp(min(LANES, PARTS * SHARE_PART) / values, 1u, MOST_READERS);
  for (var e = lane; e < values * readers; e += LANES) {
    shares[e] = share_of_value(e % values, e / values, readers);
  }
  workgroupBarrier();
  for (var e = lane; e < values; e += LANES) {
    say(value_read(k) + 1u, first_row + e / first.input_size, e, values, readers);
  }
  if (begins(k + 1u)) {
    // The states too, from which another dispatch may go on; each by the invocation that has written it.
    for (var e = lane; e < rows * first.hidden_size; e += LANES) {
      factor[e / first.hidden_size * INNER + e % first.hidden_size] = 0.0;
      states[first.state_out + first_row * first.hidden_size + e] = 0.0;
    }
  }
  storageBarrier();
  workgroupBarrier();
}

// Of h·U, for value e of the workgroup's [rows, F]: the units `reader`, `reader` + `readers` and so on.
fn share_of_value(e: u32, reader: u32, readers: u32) -> f32 {
  let row = e / first.input_size;
  let f = e % first.input_size;
  var sum = 0.0;
  for (var unit = reader; unit < first.hidden_size; unit += readers) {
    sum += factor[row * INNER + unit] * parameter(continuation.readout + unit * first.input_size + f);
  }
  return sum;
}

fn say(value: u32, draw: u32, e: u32, values: u32, readers: u32) {
  let f = e % first.input_size;
  var y = parameter(continuation.readout_bias + f);
  for (var reader = 0u; reader < readers; reader++) {
    y += shares[reader * values + e];
  }
  sequence[place_of(value, draw, f)] = y + noise_of(value - continuation.seed_length, draw, f);
}

fn place_of(value: u32, draw: u32, f: u32) -> u32 {
  return (value * first.batch + draw) * first.input_size + f;
}

fn begins(k: u32) -> bool {
  return continuation.window > 0u && k % max(continuation.window, 1u) == 0u;
}

fn speaks(k: u32) -> bool {
  if (continuation.window == 0u) {
    return k + 1u >= continuation.seed_length;
  }
  return begins(k + 1u);
}

fn value_read(k: u32) -> u32 {
  if (continuation.window == 0u) {
    return k;
  }
  return k / continuation.window + k % continuation.window;
}
