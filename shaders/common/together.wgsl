// How a register tile takes its left factor: an element of each row at a time. See together_subgroup.wgsl.

// Elements of a row that are taken together.
const TOGETHER = 1u;

// [row][element]
alias Taken = array<f32, ROWS * TOGETHER>;

// The one of them that this invocation reads.
struct Own {
  index: u32,
  counts: bool, // where not, it is past the end, and another is read in its place
}

// This invocation's place among those that take elements together.
fn own_place() -> u32 {
  return 0u;
}

// Of the elements from `first` on, none past `last`.
fn own_element(place: u32, first: u32, last: u32) -> Own {
  return Own(first, true);
}

// Takes those of row r, of which this invocation has read its own.
fn take_row(taken: ptr<function, Taken>, r: u32, own: f32) {
  (*taken)[r] = own;
}
