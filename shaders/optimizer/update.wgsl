// What every optimiser binds: g is the gradient after clipping, `slots` holds its own values [slots][P].

struct Update {
  length: u32, // P
}

@group(0) @binding(0) var<uniform> update: Update;
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> control: Control;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
