// The fused step of forward_step.wgsl for a GPU. Beyond it: x(t) and h(t−1) are staged in workgroup memory, and the
// inner sum of each unit is shared by SLICES invocations (see common/slices.wgsl). Neighbours read neighbouring
// columns of W. With four gates and four quads of rows, 64 multiply-adds take 4 loads of W and 4 of quads, where h value by
// value would take 16.

// Indexed [gate][quad of rows].
alias Sums = array<vec4f, GATES * QUADS>;

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
    for (var k = lane; k < count; k += SLICES * COLUMNS) {
      for (var q = 0u; q < QUADS; q++) {
        let at = step.input_at + rows_of_quad(first_row + 4u * q, step.batch - 1u) * step.input_size + base + k;
        staged[q * CHUNK + k] = vec4f(inputs[at.x], inputs[at.y], inputs[at.z], inputs[at.w]);
      }
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
    for (var k = lane; k < count; k += SLICES * COLUMNS) {
      for (var q = 0u; q < QUADS; q++) {
        let at = rows_of_quad(first_row + 4u * q, step.batch - 1u) * step.hidden_size + base + k;
        let quad = vec4f(hidden_before(at.x), hidden_before(at.y), hidden_before(at.z), hidden_before(at.w));
        staged[q * CHUNK + k] = quad;
      }
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
    var x: array<vec4f, QUADS>;
    // @unroll
    for (var q = 0u; q < QUADS; q++) {
      x[q] = staged[q * CHUNK + k];
    }
    // @unroll
    for (var g = 0u; g < GATES; g++) {
      let w = parameter(weights + (k * GATES + g) * step.hidden_size);
      // @unroll
      for (var q = 0u; q < QUADS; q++) {
        (*sums)[g * QUADS + q] += x[q] * w;
      }
    }
  }
}

fn finish_sums(sums: ptr<function, Sums>, slice: u32, column: u32, lane: u32) -> array<f32, GATES> {
  var totals: array<f32, GATES>;
  // @unroll
  for (var g = 0u; g < GATES; g++) {
    var shares: array<vec4f, QUADS>;
    // @unroll
    for (var q = 0u; q < QUADS; q++) {
      shares[q] = (*sums)[g * QUADS + q];
    }
    totals[g] = sum_over_slices(shares, slice, column, lane);
  }
  return totals;
}
