// Ends the sums of an iteration, and says what its update is to be made with.
//
//   loss = Σ partials,  norm = √(Σ g²),  scale = min(1, clip_norm / √(Σ clip(g)²)),  rate = learning_rate · schedule
//
// where clip holds an element within ±clip_value. Where the loss or the norm is not finite, this update and all later
// ones are refused, so that the parameters stay those of the iteration before.

@group(0) @binding(0) var<storage, read> settings: Settings;
@group(0) @binding(1) var<storage, read> partials: array<f32>; // [3][PARTIALS]: of the loss, Σ g², Σ clip(g)²
@group(0) @binding(2) var<storage, read_write> control: Control;

@compute @workgroup_size(SUM_WIDTH)
fn settle(@builtin(local_invocation_index) lane: u32) {
  var loss_part = 0.0;
  var squares_part = 0.0;
  var clipped_part = 0.0;
  for (var i = lane; i < PARTIALS; i += SUM_WIDTH) {
    loss_part += partials[i];
    squares_part += partials[PARTIALS + i];
    clipped_part += partials[2u * PARTIALS + i];
  }
  let loss = workgroup_sum(loss_part, lane);
  let norm = sqrt(workgroup_sum(squares_part, lane));
  let clipped_norm = sqrt(workgroup_sum(clipped_part, lane));
  if (lane != 0u || control.refused == 1u) {
    return;
  }
  let clips = settings.clip_norm > 0.0 && clipped_norm > settings.clip_norm;
  let scale = select(1.0, settings.clip_norm / clipped_norm, clips);
  let rate = settings.learning_rate * schedule_factor(control.iteration);
  control.step = Step(control.iteration + 1u, scale, rate);
  control.records[control.iteration % arrayLength(&control.records)] = Record(loss, norm);
  if (!is_finite(loss) || !is_finite(norm)) {
    control.refused = 1u;
  }
}
