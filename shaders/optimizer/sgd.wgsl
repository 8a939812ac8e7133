// Stochastic gradient descent: w ← w − rate · g.

@compute @workgroup_size(LANES)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= update.length || control.refused == 1u) {
    return;
  }
  parameters[i] -= settings.learning_rate * (gradients[i] * control.scale);
}
