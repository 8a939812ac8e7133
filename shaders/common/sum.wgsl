// Sums in a fixed order, so that a run gives the same bits twice: WGSL has no float atomics, and would not promise
// an order if it had. Each of SUM_WIDTH invocations sums its own stride; then the workgroup folds in halves.

const SUM_WIDTH = 64u;

var<workgroup> parts: array<f32, SUM_WIDTH>;

// The sum over the workgroup, in every invocation. To be called in uniform control flow.
fn workgroup_sum(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  parts[lane] = value;
  for (var half = SUM_WIDTH / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      parts[lane] += parts[lane + half];
    }
  }
  workgroupBarrier();
  return parts[0];
}
