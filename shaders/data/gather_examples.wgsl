// gathered[t, b, :] = source[t, example_of(b), :], and zeros from t = `steps` on. Words of 4 bytes, whatever they mean.

struct Gather {
  count: u32, // N
  width: u32,
  steps: u32,      // of the source
  fill_steps: u32, // of what is gathered, at least `steps`
  batch: u32,      // B
  seed: u32,
}

@group(0) @binding(0) var<uniform> gather: Gather;
@group(0) @binding(1) var<storage, read> source: array<u32>; // [steps, N, width]
@group(0) @binding(2) var<storage, read_write> gathered: array<u32>; // [fill_steps, B, width]

@compute @workgroup_size(LANES)
fn gather_examples(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = gather.fill_steps * gather.batch * gather.width;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    gathered[i] = example_word(i);
  }
}

fn example_word(i: u32) -> u32 {
  let row = i / gather.width;
  let t = row / gather.batch;
  if (t >= gather.steps) {
    return 0u;
  }
  let example = example_of(row % gather.batch);
  return source[(t * gather.count + example) * gather.width + i % gather.width];
}
