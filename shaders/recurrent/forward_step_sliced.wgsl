// The fused step of forward_step.wgsl for a GPU. Beyond it: x(t) and h(t−1) are staged in workgroup memory, and the
// inner sum of each unit is shared by SLICES invocations (see common/slices.wgsl). Neighbours read neighbouring
// columns of W.

// Indexed [gate][row].
alias Sums = array<f32, GATES * ROWS>;

@compute @workgroup_size(SLICES * COLUMNS)
fn forward_step_sliced(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = lane % COLUMNS;
  let slice = lane / COLUMNS;
  let first_row = group.y * ROWS;
  let unit = min(group.x * COLUMNS + column, step.hidden_size - 1u);
  let weight_stride = GATES * step.hidden_size;

  var sums: Sums;
  let inputs_to_add = select(step.input_size, 0u, HOISTED == 1u);
  for (var base = 0u; base < inputs_to_add; base += CHUNK) {
    let count = min(CHUNK, step.input_size - base);
    workgroupBarrier();
    for (var e = lane; e < ROWS * CHUNK; e += SLICES * COLUMNS) {
      let row = min(first_row + e / CHUNK, step.batch - 1u);
      let k = min(base + e % CHUNK, step.input_size - 1u);
      staged[e] = inputs[step.input_at + row * step.input_size + k];
    }
    workgroupBarrier();
    accumulate(&sums, slice, count, step.weights + base * weight_stride + unit);
  }

  // A cell that needs the sums apart gets the input's put by here; for any other the recurrent sum goes on from it.
  var at: CellInput;
  if (SPLIT_SUMS && HOISTED == 0u) {
    at.input_sum = finish_sums(&sums, slice, column, lane);
    sums = Sums();
  }

  for (var base = 0u; base < step.hidden_size; base += CHUNK) {
    let count = min(CHUNK, step.hidden_size - base);
    workgroupBarrier();
    for (var e = lane; e < ROWS * CHUNK; e += SLICES * COLUMNS) {
      let row = min(first_row + e / CHUNK, step.batch - 1u);
      let k = min(base + e % CHUNK, step.hidden_size - 1u);
      staged[e] = hidden_before(row * step.hidden_size + k);
    }
    workgroupBarrier();
    accumulate(&sums, slice, count, step.weights + (step.input_size + base) * weight_stride + unit);
  }
  at.recurrent_sum = finish_sums(&sums, slice, column, lane);

  // Invocation `lane` goes on with row lane / COLUMNS; `column` is its unit's already.
  let row = first_row + lane / COLUMNS;
  if (lane < ROWS * COLUMNS && row < step.batch && group.x * COLUMNS + column < step.hidden_size) {
    for (var g = 0u; g < GATES; g++) {
      let column_of_w = g * step.hidden_size + unit;
      if (HOISTED == 1u) {
        at.input_sum[g] = inputs[step.input_at + row * weight_stride + column_of_w];
      } else {
        at.input_sum[g] += parameter(step.bias + column_of_w);
      }
    }
    finish_unit(row, unit, at);
  }
}

// Adds this slice's share of staged · W to the sums; `weights` is the place of W's element for the first staged index.
fn accumulate(sums: ptr<function, Sums>, slice: u32, count: u32, weights: u32) {
  for (var k = slice; k < count; k += SLICES) {
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      let w = parameter(weights + (k * GATES + g) * step.hidden_size);
      // @unroll
      for (var r = 0u; r < ROWS; r++) {
        (*sums)[g * ROWS + r] += staged[r * CHUNK + k] * w;
      }
    }
  }
}

fn finish_sums(sums: ptr<function, Sums>, slice: u32, column: u32, lane: u32) -> array<f32, GATES> {
  var totals: array<f32, GATES>;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    var shares: array<f32, ROWS>;
    // @unroll
    for (var r = 0u; r < ROWS; r++) {
      shares[r] = (*sums)[g * ROWS + r];
    }
    totals[g] = sum_over_slices(shares, slice, column, lane);
  }
  return totals;
}
