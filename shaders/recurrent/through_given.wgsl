// What came back through W, of a dispatch before this one: ∂L/∂[x ‖ h] [B, I + H], or where APART is 1 ∂L/∂h [B, H].
@group(0) @binding(10) var<storage, read> d_joined: array<f32>;

fn through_weights(row: u32, unit: u32) -> f32 {
  let before = select(step.input_size, 0u, APART == 1u);
  return d_joined[row * (before + step.hidden_size) + before + unit];
}
