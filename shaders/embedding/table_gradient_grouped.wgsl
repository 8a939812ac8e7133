// out[v, :] = Σ d[row, :] over the rows that hold token v, for GPUs: a workgroup owns token v and LANES · EACH columns.
//
// It looks for its rows first, 32 to an invocation: bit k of found[w] says whether row base + k · GROUP + w holds v. Then
// each of SLICES slices adds the rows of every SLICES-th word, and the slices' sums are added in order. So the order
// follows from the tokens alone.

const GROUP = SLICES * LANES; // invocations

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

var<workgroup> found: array<u32, GROUP>;
var<workgroup> shares: array<f32, GROUP * EACH>; // [SLICES][EACH][LANES]

@compute @workgroup_size(GROUP)
fn table_gradient(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  for (var v = group.y; v < gradient.vocabulary; v += groups.y) {
    vector_gradient(v, group.x * LANES * EACH, lane);
  }
}

// Of the columns from `first` on.
fn vector_gradient(v: u32, first: u32, lane: u32) {
  let slice = lane / LANES;
  let column = first + lane % LANES;
  var sums = array<f32, EACH>();
  for (var base = 0u; base < gradient.rows; base += 32u * GROUP) {
    let mine = rows_of(v, base + lane);
    workgroupBarrier();
    found[lane] = mine;
    workgroupBarrier();
    for (var w = slice; w < GROUP; w += SLICES) {
      var bits = found[w];
      while (bits != 0u) {
        add_row(&sums, base + firstTrailingBit(bits) * GROUP + w, column);
        bits &= bits - 1u;
      }
    }
  }
  write_sums(v, first, sums, lane);
}

// Of the rows `row`, `row` + GROUP, … those that hold v.
fn rows_of(v: u32, row: u32) -> u32 {
  var bits = 0u;
  for (var k = 0u; k < 32u; k++) {
    let at = row + k * GROUP;
    if (at >= gradient.rows) {
      break;
    }
    let token = min(tokens[gradient.tokens_at + at], gradient.vocabulary - 1u);
    bits |= select(0u, 1u << k, token == v);
  }
  return bits;
}

// Past the last column it is computed again, and not written.
fn add_row(sums: ptr<function, array<f32, EACH>>, row: u32, column: u32) {
  // @unroll
  for (var c = 0u; c < EACH; c++) {
    let inside = min(column + c * LANES, gradient.width - 1u);
    (*sums)[c] += d[gradient.d_at + row * gradient.d_row + inside];
  }
}

fn write_sums(v: u32, first: u32, sums: array<f32, EACH>, lane: u32) {
  let slice = lane / LANES;
  workgroupBarrier();
  // @unroll
  for (var c = 0u; c < EACH; c++) {
    shares[(slice * EACH + c) * LANES + lane % LANES] = sums[c];
  }
  workgroupBarrier();
  let column = first + lane;
  if (lane >= EACH * LANES || column >= gradient.width) {
    return;
  }
  let place = gradient.out_at + v * gradient.width + column;
  var sum = select(0.0, out[place], gradient.accumulate == 1u);
  for (var s = 0u; s < SLICES; s++) {
    sum += shares[s * EACH * LANES + lane];
  }
  out[place] = sum;
}
