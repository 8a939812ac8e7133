// Columns of each row from one matrix to another: out[row, c] = source[row, c], or added to what is there.

struct Copy {
  rows: u32,
  columns: u32,
  source_at: u32,
  source_row: u32,
  out_at: u32,
  out_row: u32,
  adds: u32,
}

@group(0) @binding(0) var<uniform> copy: Copy;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn copy_columns(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < copy.rows * copy.columns; i += groups.x * LANES) {
    copy_element(i / copy.columns, i % copy.columns);
  }
}

fn copy_element(row: u32, column: u32) {
  let place = copy.out_at + row * copy.out_row + column;
  let value = source[copy.source_at + row * copy.source_row + column];
  out[place] = select(0.0, out[place], copy.adds == 1u) + value;
}
