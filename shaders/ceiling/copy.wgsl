// The most bytes that a device moves in a second: four words at a time from one buffer to another, neighbours by
// neighbours.

struct Copy {
  length: u32, // vec4s
}

@group(0) @binding(0) var<uniform> copying: Copy;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(LANES)
fn copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var at = id.x; at < copying.length; at += groups.x * LANES) {
    out[at] = source[at];
  }
}
