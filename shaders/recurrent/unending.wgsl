// Every row of the batch is as long as the sequence. Its other is ending.wgsl.
fn is_live(row: u32) -> bool {
  return true;
}
