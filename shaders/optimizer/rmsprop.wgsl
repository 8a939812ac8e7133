// RMSProp (Tieleman and Hinton, 2012): v ← ρ·v + (1 − ρ)·g², w ← w − rate · g / (√v + ε).

const SLOTS = 1u; // v

fn optimize(w: f32, g: f32, kept: Slots, step: Step) -> Next {
  let v = settings.beta2 * kept[0] + settings.one_minus_beta2 * g * g;
  return Next(w - step.rate * (g / (sqrt(v) + settings.epsilon)), Slots(v, 0.0));
}
