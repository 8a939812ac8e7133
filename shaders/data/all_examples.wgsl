// Row b of the batch is example b.

fn example_of(b: u32) -> u32 {
  return b;
}
