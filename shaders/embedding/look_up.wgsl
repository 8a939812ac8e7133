// out[row, :] = table[token(row), :] + bias. What a token must be is checked before training; one past the table, as may
// stand past a sequence's end, reads the last vector.

struct LookUp {
  rows: u32,
  width: u32,
  vocabulary: u32, // V
  tokens_at: u32,
  table_at: u32,
  has_bias: u32,
  bias_at: u32,
  out_at: u32,
}

@group(0) @binding(0) var<uniform> look: LookUp;
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [rows]
@group(0) @binding(2) var<storage, read> table: array<f32>; // [V, width]
@group(0) @binding(3) var<storage, read> bias: array<f32>; // [width]
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // [rows, width]

@compute @workgroup_size(LANES)
fn look_up(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = look.rows * look.width;
  for (var i = id.x; i < length; i += groups.x * LANES) {
    let column = i % look.width;
    let token = min(tokens[look.tokens_at + i / look.width], look.vocabulary - 1u);
    var value = table[look.table_at + token * look.width + column];
    if (look.has_bias == 1u) {
      value += bias[look.bias_at + column];
    }
    out[look.out_at + i] = value;
  }
}
