// The product of product_view.wgsl for a GPU and large results. Beyond product_sliced.wgsl: a workgroup of 16 × 16
// invocations computes a block of BLOCK × BLOCK results, both factors staged DEPTH inner indices at a time, and each
// invocation keeps 4·QUADS × 4·QUADS results in registers, so that a value loaded serves BLOCK products.
//
// Both are staged as quads, four rows of a or four columns of b at one inner index, which one load of 16 bytes brings: with
// two quads of either, 64 multiply-adds take 4 loads from workgroup memory, where value by value they would take 16. Each
// invocation stages one quad of either factor, and reads the next ones from storage while it computes with these.

const SIDE = 16u; // quads of an invocation lie SIDE apart
const WIDTH = SIDE * QUADS; // quads along a block; DEPTH times as many are staged, one by each invocation
const BLOCK = 4u * WIDTH;
// A staged line is a quad longer, so that neighbouring inner indices lie in different memory banks.
const STRIDE = WIDTH + 1u;

var<workgroup> a_block: array<vec4f, DEPTH * STRIDE>;
var<workgroup> b_block: array<vec4f, DEPTH * STRIDE>;

@compute @workgroup_size(SIDE * SIDE)
fn multiply_blocked(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first_row = group.y * BLOCK;
  let first_column = group.x * BLOCK;
  // 32 neighbours, which many GPUs run as one, are 8 × 4: they read 8 and 4 quads in place of 16 and 2.
  let x = lane % 8u + lane / 128u * 8u;
  let y = lane / 8u % SIDE;

  let a_part = part_element(lane, WIDTH, DEPTH, ALONG_ROWS == 1u);
  let b_part = part_element(lane, WIDTH, DEPTH, ALONG_COLUMNS == 1u);
  var a_next = a_quad(first_row + 4u * a_part.x, a_part.y);
  var b_next = b_quad(b_part.y, first_column + 4u * b_part.x);

  // Indexed [row][quad of columns].
  var sums: array<vec4f, 4u * QUADS * QUADS>;
  for (var base = 0u; base < product.inner; base += DEPTH) {
    workgroupBarrier();
    a_block[a_part.y * STRIDE + a_part.x] = select(vec4f(), a_next, base + a_part.y < product.inner);
    b_block[b_part.y * STRIDE + b_part.x] = b_next;
    workgroupBarrier();
    a_next = a_quad(first_row + 4u * a_part.x, base + DEPTH + a_part.y);
    b_next = b_quad(base + DEPTH + b_part.y, first_column + 4u * b_part.x);
    for (var k = 0u; k < DEPTH; k++) {
      var right: array<vec4f, QUADS>;
      // @unroll
      for (var c = 0u; c < QUADS; c++) {
        right[c] = b_block[k * STRIDE + x + c * SIDE];
      }
      // @unroll
      for (var q = 0u; q < QUADS; q++) {
        let left = a_block[k * STRIDE + y + q * SIDE];
        // @unroll
        for (var r = 0u; r < 4u; r++) {
          // @unroll
          for (var c = 0u; c < QUADS; c++) {
            sums[(q * 4u + r) * QUADS + c] += left[r] * right[c];
          }
        }
      }
    }
  }

  // @unroll
  for (var c = 0u; c < QUADS; c++) {
    let column = first_column + 4u * (x + c * SIDE);
    let bias = bias_quad(column);
    // @unroll
    for (var q = 0u; q < QUADS; q++) {
      // @unroll
      for (var r = 0u; r < 4u; r++) {
        write_quad(first_row + 4u * (y + q * SIDE) + r, column, bias + sums[(q * 4u + r) * QUADS + c]);
      }
    }
  }
}
