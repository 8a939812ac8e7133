// Stochastic gradient descent: w ← w − rate · g.

fn update_parameter(i: u32) {
  parameters[i] -= settings.learning_rate * (gradients[i] * control.scale);
}
