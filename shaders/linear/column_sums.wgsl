// out [N] = Σ over rows of d [K, N] (+ out): the gradient of a bias, or of a cell's own vectors. Each of SLICES
// invocations adds its rows in order, then their sums are added in order.

struct ColumnSums {
  rows: u32,
  columns: u32,
  d_at: u32,
  d_row: u32,
  out_at: u32,
  accumulate: u32, // 1: added to what is there
}

@group(0) @binding(0) var<uniform> sums: ColumnSums;
@group(0) @binding(1) var<storage, read> d: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// Rows of a slice that a turn of the loop adds.
const TOGETHER = 4u;

// Of each column, the part of the sum of every SLICES-th row.
var<workgroup> slice_sums: array<f32, SLICES * COLUMNS>;

@compute @workgroup_size(SLICES * COLUMNS)
fn sum_columns(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slice = lane / COLUMNS;
  let column = group.x * COLUMNS + lane % COLUMNS;
  var sum = 0.0;
  if (column < sums.columns) {
    for (var first = slice; first < sums.rows; first += TOGETHER * SLICES) {
      // @unroll
      for (var i = 0u; i < TOGETHER; i++) {
        let row = first + i * SLICES;
        let value = d[sums.d_at + min(row, sums.rows - 1u) * sums.d_row + column];
        sum += select(0.0, value, row < sums.rows);
      }
    }
  }
  if (SLICES > 1u) {
    slice_sums[lane] = sum;
    workgroupBarrier();
    sum = 0.0;
    for (var s = 0u; s < SLICES; s++) {
      sum += slice_sums[s * COLUMNS + lane % COLUMNS];
    }
  }
  if (slice == 0u && column < sums.columns) {
    let place = sums.out_at + column;
    if (sums.accumulate == 1u) {
      sum += out[place];
    }
    out[place] = sum;
  }
}
