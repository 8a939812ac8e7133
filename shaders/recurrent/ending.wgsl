// Rows of different lengths: past its length a row's states stay as they are and no gradient arises.
@group(0) @binding(7) var<storage, read> lengths: array<u32>; // [B]

fn is_live(row: u32) -> bool {
  return step.time < lengths[row];
}
