// What reaches h(t) from above, [.., B, H]; in its place the whole ∂L/∂h(t) is left.
@group(0) @binding(4) var<storage, read_write> d_outputs: array<f32>;

fn keep_gradient(place: u32, d_h: f32) {
  d_outputs[place] = d_h;
}
