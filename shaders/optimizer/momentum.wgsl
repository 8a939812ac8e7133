// Momentum (Polyak, 1964): u ← μ·u + g, w ← w − rate · u.

const SLOTS = 1u; // u

fn optimize(w: f32, g: f32, kept: Slots, step: Step) -> Next {
  let u = settings.momentum * kept[0] + g;
  return Next(w - step.rate * u, Slots(u, 0.0));
}
