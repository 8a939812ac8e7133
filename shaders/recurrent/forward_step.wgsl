// The fused step: state(t) from x(t) and state(t−1) of any cell, all gates of a unit in one invocation.
//
//   input sum     = x(t)·Wx + b     [B, G·H], read where it is HOISTED out of the steps
//   recurrent sum = h(t−1)·Wh       [B, G·H]
//   state(t)      = cell_forward(input sum, recurrent sum, state(t−1))
//
// A register tile to an invocation (see common/tile.wgsl). Elements of x and h are taken one at a time or several TOGETHER, 0
// for those past the end (see common/together.wgsl).

// Indexed [gate][column][row].
alias Sums = array<f32, GATES * COLUMNS * ROWS>;

@compute @workgroup_size(LANES)
fn forward_step(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = tile_of(group, lane);
  let weight_stride = GATES * step.hidden_size;

  var units: array<u32, COLUMNS>;
  // @unroll
  for (var c = 0u; c < COLUMNS; c++) {
    units[c] = min(tile_column(tile, c), step.hidden_size - 1u);
  }
  var rows: array<u32, ROWS>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = min(tile_row(tile, r), step.batch - 1u);
  }

  var sums: Sums;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      let column = g * step.hidden_size + units[c];
      let bias = parameter(step.bias + column);
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        if (HOISTED == 1u) {
          sums[(g * COLUMNS + c) * ROWS + r] = inputs[step.input_at + rows[r] * weight_stride + column];
        } else {
          sums[(g * COLUMNS + c) * ROWS + r] = bias;
        }
      }
    }
  }

  let place = own_place();
  var x: Taken;
  let inputs_to_add = select(step.input_size, 0u, HOISTED == 1u);
  for (var k = 0u; k < inputs_to_add; k += TOGETHER) {
    let own = own_element(place, k, inputs_to_add - 1u);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      let element = inputs[step.input_at + rows[r] * step.input_size + own.index];
      take_row(&x, r, select(0.0, element, own.counts));
    }
    accumulate(&sums, &x, &units, k, inputs_to_add - 1u);
  }

  // A cell that needs the sums apart gets the input's put by here; for any other the recurrent sum goes on from it.
  var input_sums: Sums;
  if (SPLIT_SUMS) {
    input_sums = sums;
    sums = Sums();
  }

  for (var k = 0u; k < step.hidden_size; k += TOGETHER) {
    let own = own_element(place, k, step.hidden_size - 1u);
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      let element = hidden_before(rows[r] * step.hidden_size + own.index);
      take_row(&x, r, select(0.0, element, own.counts));
    }
    accumulate(&sums, &x, &units, step.input_size + k, step.input_size + step.hidden_size - 1u);
  }

  // From here on the sums are indexed by variables; a copy, so that the loops above keep theirs in registers.
  var recurrent_sums = sums;
  for (var c = 0u; c < COLUMNS; c++) {
    for (var r = 0u; r < ROWS; r++) {
      let unit = tile_column(tile, c);
      let row = tile_row(tile, r);
      if (unit < step.hidden_size && row < step.batch) {
        var at: CellInput;
        for (var g = 0u; g < GATES; g++) {
          if (SPLIT_SUMS) {
            at.input_sum[g] = input_sums[(g * COLUMNS + c) * ROWS + r];
          }
          at.recurrent_sum[g] = recurrent_sums[(g * COLUMNS + c) * ROWS + r];
        }
        finish_unit(row, unit, at);
      }
    }
  }
}

// Adds x · (rows of W, from `first` on, none past `last`) to the sums.
fn accumulate(
  sums: ptr<function, Sums>,
  x: ptr<function, Taken>,
  units: ptr<function, array<u32, COLUMNS>>,
  first: u32,
  last: u32,
) {
  var rows: array<u32, TOGETHER>;
  // @unroll
  for (var i = 0u; i < TOGETHER; i++) {
    rows[i] = step.weights + min(first + i, last) * GATES * step.hidden_size;
  }
  var w: array<f32, TOGETHER>;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    // @unroll
    for (var c = 0u; c < COLUMNS; c++) {
      // @unroll
      for (var i = 0u; i < TOGETHER; i++) {
        w[i] = parameter(rows[i] + g * step.hidden_size + (*units)[c]);
      }
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        // @unroll
        for (var i = 0u; i < TOGETHER; i++) {
          (*sums)[(g * COLUMNS + c) * ROWS + r] += (*x)[r * TOGETHER + i] * w[i];
        }
      }
    }
  }
}
