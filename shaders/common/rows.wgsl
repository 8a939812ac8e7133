// Rows shared by invocations: a workgroup treats ROWS rows, and SLICES neighbouring invocations one of them. What they
// find is joined in a fixed order. With one slice a row, as for software adapters, nothing is shared.
//
// All functions are to be called in uniform control flow, and give the same to every invocation of a row but for
// `slices_before`.

var<workgroup> row_parts: array<f32, ROWS * SLICES>;

fn share(value: f32, lane: u32) {
  workgroupBarrier();
  row_parts[lane] = value;
  workgroupBarrier();
}

// The sum over the slices of a row.
fn row_sum(value: f32, lane: u32) -> f32 {
  if (SLICES == 1u) {
    return value;
  }
  share(value, lane);
  let first = lane / SLICES * SLICES;
  var sum = 0.0;
  for (var s = 0u; s < SLICES; s++) {
    sum += row_parts[first + s];
  }
  return sum;
}

// The sum over the slices before this one: the sum over all of them, ended early.
fn slices_before(value: f32, lane: u32) -> f32 {
  if (SLICES == 1u) {
    return 0.0;
  }
  share(value, lane);
  var sum = 0.0;
  for (var s = lane / SLICES * SLICES; s < lane; s++) {
    sum += row_parts[s];
  }
  return sum;
}

fn row_max(value: f32, lane: u32) -> f32 {
  if (SLICES == 1u) {
    return value;
  }
  share(value, lane);
  let first = lane / SLICES * SLICES;
  var most = row_parts[first];
  for (var s = 1u; s < SLICES; s++) {
    most = max(most, row_parts[first + s]);
  }
  return most;
}

// The lowest of the slices' indices, exact below 2²⁴.
fn row_first(index: u32, lane: u32) -> u32 {
  return u32(-row_max(-f32(index), lane));
}
