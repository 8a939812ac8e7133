// The window of an iteration, iteration mod W, out of streams that are read one window after the other.

struct Gather {
  length: u32, // words of a window, T·B·width
  windows: u32, // W
}

@group(0) @binding(0) var<uniform> gather: Gather;
@group(0) @binding(1) var<storage, read> source: array<u32>; // [W][length]
@group(0) @binding(2) var<storage, read> control: Control;
@group(0) @binding(3) var<storage, read_write> gathered: array<u32>; // [length]

@compute @workgroup_size(LANES)
fn gather_stream(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let window_at = control.iteration % gather.windows * gather.length;
  for (var i = id.x; i < gather.length; i += groups.x * LANES) {
    gathered[i] = source[window_at + i];
  }
}
