// out [N] = Σ over rows of d [K, N]: the gradient of a bias, or of a cell's own vectors. Rows are added in order.

struct ColumnSums {
  rows: u32,
  columns: u32,
  d_at: u32,
  d_row: u32,
  out_at: u32,
}

@group(0) @binding(0) var<uniform> sums: ColumnSums;
@group(0) @binding(1) var<storage, read> d: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(LANES)
fn sum_columns(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= sums.columns) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < sums.rows; row++) {
    sum += d[sums.d_at + row * sums.d_row + column];
  }
  out[sums.out_at + column] = sum;
}
