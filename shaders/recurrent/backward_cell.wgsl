// What a driver back does for each unit, and no product: see gpu/layers/recurrent-unfused.ts. What came back through W is
// either given, or has been added to what reached the state directly: through_given.wgsl, through_added.wgsl.

@compute @workgroup_size(LANES)
fn backward_cell(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < step.batch * step.hidden_size; i += groups.x * LANES) {
    let row = i / step.hidden_size;
    let unit = i % step.hidden_size;
    finish_unit(row, unit, through_weights(row, unit));
  }
}
