// Ends the sums of an iteration and decides about its update.
//
//   loss = Σ partials,  norm = √(Σ squares),  scale = min(1, clip / norm)
//
// Where the loss, the norm or the length of the largest possible step is not finite, this update and all later
// ones are refused, so that the parameters stay those of the iteration before. Whoever reads the record must see why,
// so a step that is not finite stands there in place of its norm.

@group(0) @binding(0) var<storage, read> settings: Settings;
@group(0) @binding(1) var<storage, read> partials: array<f32>; // [2][PARTIALS]
@group(0) @binding(2) var<storage, read_write> control: Control;

@compute @workgroup_size(SUM_WIDTH)
fn settle(@builtin(local_invocation_index) lane: u32) {
  var loss_part = 0.0;
  var squares_part = 0.0;
  for (var i = lane; i < PARTIALS; i += SUM_WIDTH) {
    loss_part += partials[i];
    squares_part += partials[PARTIALS + i];
  }
  let loss = workgroup_sum(loss_part, lane);
  let norm = sqrt(workgroup_sum(squares_part, lane));
  if (lane != 0u || control.refused == 1u) {
    return;
  }
  let clips = settings.clip_norm > 0.0 && norm > settings.clip_norm;
  control.scale = select(1.0, settings.clip_norm / norm, clips);
  let step = norm * control.scale * settings.learning_rate;
  let record = Record(loss, select(step, norm, is_finite(step)));
  control.records[control.iteration % arrayLength(&control.records)] = record;
  if (is_finite(loss) && is_finite(norm) && is_finite(step)) {
    control.iteration += 1u;
  } else {
    control.refused = 1u;
  }
}
