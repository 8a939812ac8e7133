// w[t′, b] = mask · [first ≤ t′ < end] · live(b, t′), and after them n = Σ w, by one workgroup, so in a fixed order.

struct Weights {
  steps: u32, // T′
  batch: u32, // B
  first: u32,
  end: u32,
}

@group(0) @binding(0) var<uniform> cost: Weights;
@group(0) @binding(1) var<storage, read_write> weights: array<f32>; // [T′·B + 1]

@compute @workgroup_size(SUM_WIDTH)
fn output_weights(@builtin(local_invocation_index) lane: u32) {
  let length = cost.steps * cost.batch;
  var part = 0.0;
  for (var i = lane; i < length; i += SUM_WIDTH) {
    let t = i / cost.batch;
    let counts = t >= cost.first && t < cost.end && is_live(t, i % cost.batch);
    let weight = select(0.0, mask_of(i), counts);
    weights[i] = weight;
    part += weight;
  }
  let n = workgroup_sum(part, lane);
  if (lane == 0u) {
    weights[length] = n;
  }
}
