// The same as cross_entropy.wgsl for GPUs: a workgroup takes whole rows, its invocations the outputs of a row in strides.

@group(0) @binding(2) var<storage, read> targets: array<u32>; // classes [T′·B]

@compute @workgroup_size(SUM_WIDTH)
fn cross_entropy(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let n = weight_sum();
  var sum = 0.0;
  for (var row = group.x; row < loss.rows; row += groups.x) {
    let weight = weight_of(row);
    let value = row_loss(row, lane, weight, n);
    if (weight > 0.0) {
      sum += weight * value;
    }
  }
  if (lane == 0u) {
    write_part(group.x, sum, n);
  }
  // The parts for which there is no workgroup.
  for (var i = group.x + (lane + 1u) * groups.x; i < PARTIALS; i += SUM_WIDTH * groups.x) {
    write_part(i, 0.0, n);
  }
}

// The loss of a row, in every invocation; its gradient is written. What a row that weighs 0 gives does not count.
fn row_loss(row: u32, lane: u32, weight: f32, n: f32) -> f32 {
  let y_at = loss.outputs_at + row * loss.width;
  let d_at = loss.d_outputs_at + row * loss.width;
  let target_class = targets[loss.targets_at + loss.first_row + row];
  var highest = outputs[y_at];
  for (var o = lane; o < loss.width; o += SUM_WIDTH) {
    highest = max(highest, outputs[y_at + o]);
  }
  highest = workgroup_max(highest, lane);
  var part = 0.0;
  for (var o = lane; o < loss.width; o += SUM_WIDTH) {
    part += exp(outputs[y_at + o] - highest);
  }
  let total = workgroup_sum(part, lane);
  for (var o = lane; o < loss.width; o += SUM_WIDTH) {
    let p = exp(outputs[y_at + o] - highest) / total;
    let d = weight / n * (p - select(0.0, 1.0, o == target_class));
    d_outputs[d_at + o] = select(0.0, d, weight > 0.0);
  }
  return highest - outputs[y_at + target_class] + log(total);
}

fn workgroup_max(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  parts[lane] = value;
  for (var half = SUM_WIDTH / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      parts[lane] = max(parts[lane], parts[lane + half]);
    }
  }
  workgroupBarrier();
  return parts[0];
}
