// The most multiply-adds that a device does in a second: nothing is loaded, and every invocation has CHAINS sums in
// registers that do not wait for each other. Factor and term come from a buffer, so that no compiler can do the sums.

struct MultiplyAdd {
  turns: u32, // of 8 multiply-adds on each sum
}

@group(0) @binding(0) var<uniform> ceiling: MultiplyAdd;
@group(0) @binding(1) var<storage, read> numbers: array<f32>; // [2]: factor and term
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  let factor = numbers[0];
  let term = numbers[1];
  var sums: array<f32, CHAINS>;
  // @unroll
  for (var c = 0u; c < CHAINS; c++) {
    sums[c] = f32(id.x + c);
  }
  for (var turn = 0u; turn < ceiling.turns; turn++) {
    // @unroll
    for (var again = 0u; again < 8; again++) {
      // @unroll
      for (var c = 0u; c < CHAINS; c++) {
        sums[c] = fma(sums[c], factor, term);
      }
    }
  }
  var sum = 0.0;
  // @unroll
  for (var c = 0u; c < CHAINS; c++) {
    sum += sums[c];
  }
  out[id.x] = sum;
}
