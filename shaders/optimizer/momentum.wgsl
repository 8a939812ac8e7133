// Momentum (Polyak, 1964): u ← μ·u + g, w ← w − rate · u.

@group(0) @binding(5) var<storage, read_write> slots: array<f32>; // u [P]

@compute @workgroup_size(LANES)
fn momentum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= update.length || control.refused == 1u) {
    return;
  }
  let u = settings.momentum * slots[i] + gradients[i] * control.scale;
  slots[i] = u;
  parameters[i] -= settings.learning_rate * u;
}
