// The product of product_view.wgsl for a GPU and large results. Beyond product_sliced.wgsl: a workgroup of 16 × 16
// invocations computes a block of BLOCK × BLOCK results, both factors staged DEPTH inner indices at a time, and each
// invocation keeps EACH × EACH results in registers, so that a value loaded serves BLOCK products.
//
// Results of an invocation lie 16 apart, so that neighbours read and write neighbours.

const SIDE = 16u; // BLOCK = SIDE · EACH
// Rows of the staged blocks are a little longer, so that writing down a column meets different memory banks.
const STRIDE = BLOCK + 4u;

var<workgroup> a_block: array<f32, DEPTH * STRIDE>;
var<workgroup> b_block: array<f32, DEPTH * STRIDE>;

@compute @workgroup_size(SIDE * SIDE)
fn multiply_blocked(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first_row = group.y * BLOCK;
  let first_column = group.x * BLOCK;
  let x = lane % SIDE;
  let y = lane / SIDE;

  var sums: array<f32, EACH * EACH>;
  for (var base = 0u; base < product.inner; base += DEPTH) {
    workgroupBarrier();
    for (var e = lane; e < BLOCK * DEPTH; e += SIDE * SIDE) {
      let at = part_element(e, BLOCK, DEPTH, ALONG_ROWS == 1u);
      let value = read_a(first_row + at.x, base + at.y);
      a_block[at.y * STRIDE + at.x] = select(0.0, value, base + at.y < product.inner);
    }
    for (var e = lane; e < BLOCK * DEPTH; e += SIDE * SIDE) {
      let at = part_element(e, BLOCK, DEPTH, ALONG_COLUMNS == 1u);
      b_block[at.y * STRIDE + at.x] = read_b(base + at.y, first_column + at.x);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      var left: array<f32, EACH>;
      // @unroll
      for (var r = 0u; r < EACH; r++) {
        left[r] = a_block[k * STRIDE + y + r * SIDE];
      }
      // @unroll
      for (var c = 0u; c < EACH; c++) {
        let right = b_block[k * STRIDE + x + c * SIDE];
        // @unroll
        for (var r = 0u; r < EACH; r++) {
          sums[r * EACH + c] += left[r] * right;
        }
      }
    }
  }

  // @unroll
  for (var r = 0u; r < EACH; r++) {
    // @unroll
    for (var c = 0u; c < EACH; c++) {
      let row = first_row + y + r * SIDE;
      let column = first_column + x + c * SIDE;
      if (row < product.rows && column < product.columns) {
        write_result(row, column, bias_of(column) + sums[r * EACH + c]);
      }
    }
  }
}
