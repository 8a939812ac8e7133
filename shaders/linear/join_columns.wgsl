// Two matrices side by side: out[row, :] = [left[row, :] ‖ right[row, :]].

struct Join {
  rows: u32,
  left_columns: u32,
  right_columns: u32,
  left_at: u32,
  right_at: u32,
  out_at: u32,
}

@group(0) @binding(0) var<uniform> join: Join;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn join_columns(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let width = join.left_columns + join.right_columns;
  for (var i = id.x; i < join.rows * width; i += groups.x * LANES) {
    out[join.out_at + i] = joined(i / width, i % width);
  }
}

fn joined(row: u32, column: u32) -> f32 {
  if (column < join.left_columns) {
    return left[join.left_at + row * join.left_columns + column];
  }
  return right[join.right_at + row * join.right_columns + column - join.left_columns];
}
