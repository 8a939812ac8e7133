// Momentum (Polyak, 1964): u ← μ·u + g, w ← w − rate · u.

@group(0) @binding(5) var<storage, read_write> slots: array<f32>; // u [P]

fn update_parameter(i: u32) {
  let u = settings.momentum * slots[i] + gradients[i] * control.scale;
  slots[i] = u;
  parameters[i] -= settings.learning_rate * u;
}
