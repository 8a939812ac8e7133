// out[v, :] = Σ d[row, :] over the rows that hold token v, for software adapters: an invocation owns EACH columns of the
// whole table, goes through the rows once, in order, and adds each where its token says. No two write the same place.

struct TableGradient {
  rows: u32,
  width: u32,
  vocabulary: u32, // V
  tokens_at: u32,
  d_at: u32,
  d_row: u32, // from one row of d to the next
  out_at: u32,
  accumulate: u32, // 1: added to what is there
}

@group(0) @binding(0) var<uniform> gradient: TableGradient;
@group(0) @binding(1) var<storage, read> tokens: array<u32>; // [rows]
@group(0) @binding(2) var<storage, read> d: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // [V, width]

// The columns of an invocation are LANES apart, so that those of neighbours are neighbours.
@compute @workgroup_size(LANES)
fn table_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * LANES * EACH + lane;
  if (first >= gradient.width) {
    return;
  }
  let count = min((gradient.width - first - 1u) / LANES + 1u, EACH);
  if (gradient.accumulate == 0u) {
    for (var v = 0u; v < gradient.vocabulary; v++) {
      clear_columns(gradient.out_at + v * gradient.width + first, count);
    }
  }
  for (var row = 0u; row < gradient.rows; row++) {
    let token = min(tokens[gradient.tokens_at + row], gradient.vocabulary - 1u);
    add_columns(gradient.out_at + token * gradient.width + first, gradient.d_at + row * gradient.d_row + first, count);
  }
}

fn clear_columns(place: u32, count: u32) {
  // @unroll
  for (var c = 0u; c < EACH; c++) {
    if (c < count) {
      out[place + c * LANES] = 0.0;
    }
  }
}

fn add_columns(place: u32, d_place: u32, count: u32) {
  // @unroll
  for (var c = 0u; c < EACH; c++) {
    if (c < count) {
      out[place + c * LANES] += d[d_place + c * LANES];
    }
  }
}
