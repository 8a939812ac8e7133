// out[row, :] = table[token(row), :] + bias. That a token lies in the table is checked before; one that does not reads the
// last vector.

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
fn look_up(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var row = group.y; row < look.rows; row += groups.y) {
    let token = min(tokens[look.tokens_at + row], look.vocabulary - 1u);
    // @unroll
    for (var c = 0u; c < EACH; c++) {
      let column = column_of(group, lane, c);
      if (column < look.width) {
        let value = table[look.table_at + token * look.width + column];
        out[look.out_at + row * look.width + column] = value + bias_of(column);
      }
    }
  }
}

fn bias_of(column: u32) -> f32 {
  if (look.has_bias == 1u) {
    return bias[look.bias_at + column];
  }
  return 0.0;
}
