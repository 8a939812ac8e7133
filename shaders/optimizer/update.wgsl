// The driver of every optimiser, which gives update_parameter(i): one step of parameter i, from its gradient times
// control.scale. An optimiser's own values are in `slots`, [slots][P].

struct Update {
  length: u32, // P
}

@group(0) @binding(0) var<uniform> update: Update;
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> control: Control;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;

@compute @workgroup_size(LANES)
fn update_parameters(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (control.refused == 1u) {
    return;
  }
  for (var i = id.x; i < update.length; i += groups.x * LANES) {
    update_parameter(i);
  }
}
