// Softmax and cross-entropy from logits y, with p = softmax(y) and n the sum of the rows' weights w:
//
//   L = 1/n · Σ w·(log Σ_o e^(y_o − m) + m − y_class),   dL/dy_o = w/n · (p_o − [o = class]),   m = max y
//
// With m taken off no exponent is above 0, and the difference m − y_class is taken before the logarithm is added, so that
// large logits cost no digits. For software adapters: an invocation takes whole rows.

@group(0) @binding(2) var<storage, read> targets: array<u32>; // classes [T′·B]

@compute @workgroup_size(SUM_WIDTH)
fn cross_entropy(@builtin(global_invocation_id) id: vec3u) {
  let n = weight_sum();
  var sum = 0.0;
  for (var row = id.x; row < loss.rows; row += PARTIALS) {
    let weight = weight_of(row);
    if (weight > 0.0) {
      sum += weight * row_loss(row, weight / n);
    } else {
      clear_row(row);
    }
  }
  write_part(id.x, sum, n);
}

// The loss of a row; its gradient times `scale` is written.
fn row_loss(row: u32, scale: f32) -> f32 {
  let y_at = loss.outputs_at + row * loss.width;
  let d_at = loss.d_outputs_at + row * loss.width;
  let target_class = targets[loss.targets_at + loss.first_row + row];
  var highest = outputs[y_at];
  for (var o = 1u; o < loss.width; o++) {
    highest = max(highest, outputs[y_at + o]);
  }
  var total = 0.0;
  for (var o = 0u; o < loss.width; o++) {
    let e = exp(outputs[y_at + o] - highest);
    d_outputs[d_at + o] = e;
    total += e;
  }
  for (var o = 0u; o < loss.width; o++) {
    let p = d_outputs[d_at + o] / total;
    d_outputs[d_at + o] = scale * (p - select(0.0, 1.0, o == target_class));
  }
  return highest - outputs[y_at + target_class] + log(total);
}

fn clear_row(row: u32) {
  for (var o = 0u; o < loss.width; o++) {
    d_outputs[loss.d_outputs_at + row * loss.width + o] = 0.0;
  }
}
