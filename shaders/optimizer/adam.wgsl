// Adam (Kingma and Ba, 2015), t the number of this update:
//
//   m ← β₁·m + (1 − β₁)·g          m̂ = m / (1 − β₁ᵗ)
//   v ← β₂·v + (1 − β₂)·g²         v̂ = v / (1 − β₂ᵗ)
//   w ← w − rate · m̂ / (√v̂ + ε)
//
// 1 − βᵗ loses its digits in float32 where it is small, so it is taken as 1 − e^(t·ln β), with ln β from the host.

@group(0) @binding(5) var<storage, read_write> slots: array<f32>; // m [P], v [P]

fn update_parameter(i: u32) {
  let t = f32(control.iteration);
  let g = gradients[i] * control.scale;
  let m = settings.beta1 * slots[i] + settings.one_minus_beta1 * g;
  let v = settings.beta2 * slots[update.length + i] + settings.one_minus_beta2 * g * g;
  slots[i] = m;
  slots[update.length + i] = v;
  let m_hat = m / one_minus_exp(t * settings.log_beta1);
  let v_hat = v / one_minus_exp(t * settings.log_beta2);
  parameters[i] -= settings.learning_rate * m_hat / (sqrt(v_hat) + settings.epsilon);
}

// 1 − e^x for x ≤ 0; near zero by its series, where the difference would lose digits. Held at −80, where
// the result is 1, since t·ln β grows without end.
fn one_minus_exp(x: f32) -> f32 {
  let near = max(x, -0.5);
  let series = -near * (1.0 + near / 2.0 * (1.0 + near / 3.0 * (1.0 + near / 4.0 * (1.0 + near / 5.0
             * (1.0 + near / 6.0 * (1.0 + near / 7.0 * (1.0 + near / 8.0)))))));
  return select(1.0 - exp(max(x, -80.0)), series, x > -0.5);
}
