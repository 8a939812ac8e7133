// Stochastic gradient descent: w ← w − rate · g.

const SLOTS = 0u;

fn optimize(w: f32, g: f32, kept: Slots, step: Step) -> Next {
  return Next(w - step.rate * g, kept);
}
