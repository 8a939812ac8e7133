// Nesterov's momentum (Sutskever et al., 2013), with the gradient taken where w is: u ← μ·u + g, w ← w − rate · (g + μ·u).

const SLOTS = 1u; // u

fn optimize(w: f32, g: f32, kept: Slots, step: Step) -> Next {
  let u = settings.momentum * kept[0] + g;
  return Next(w - step.rate * (g + settings.momentum * u), Slots(u, 0.0));
}
