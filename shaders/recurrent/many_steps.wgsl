// A dispatch is all time steps of a span: `first`, and `steps` − 1 more, each of them the one before it moved on.
@group(0) @binding(0) var<uniform> first: TimeStep;

var<private> step: TimeStep;

// `ahead` is 1 or, where the span is gone through from its end, −1 modulo 2³².
fn next_step() {
  let plane = first.ahead * step.batch * step.hidden_size;
  step.time += first.ahead;
  step.drop_time += first.drop_ahead;
  step.state_in += plane;
  step.state_out += plane;
  step.saved_at += plane * SAVED;
  step.d_output_at += plane;
}
