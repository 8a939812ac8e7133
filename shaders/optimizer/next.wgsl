// What an update makes of parameter w with gradient ∂L/∂w, for the two drivers: check.wgsl, which only looks, and
// update.wgsl, which writes.
//
//   g = scale · clip(∂L/∂w) + λ·w     or, where the weight decay is DECOUPLED (Loshchilov and Hutter, 2019),
//   g = scale · clip(∂L/∂w)           with w − rate·λ·w in the place of w
//
// The optimiser's own file gives `const SLOTS`, the values that it keeps for a parameter, and
// `optimize(w, g, kept, step)`: the next w and the next of these values.

struct Update {
  length: u32, // P
}

alias Slots = array<f32, 2>; // the first SLOTS are used

struct Next {
  parameter: f32,
  slots: Slots,
}

@group(0) @binding(0) var<uniform> update: Update;
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;

fn next_values(i: u32, step: Step) -> Next {
  var w = parameters[i];
  var g = clamp(gradients[i], -settings.clip_value, settings.clip_value) * step.scale;
  if (DECOUPLED == 1u) {
    w -= step.rate * settings.weight_decay * w;
  } else {
    g += settings.weight_decay * w;
  }
  var kept: Slots;
  // @unroll
  for (var s = 0u; s < SLOTS; s++) {
    kept[s] = slots[s * update.length + i];
  }
  return optimize(w, g, kept, step);
}
