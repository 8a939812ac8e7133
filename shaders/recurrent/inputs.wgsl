// What time steps read: x, or input sums: see step.wgsl.
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
