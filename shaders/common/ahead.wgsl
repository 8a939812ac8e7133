// How a register tile takes its left factor: an element of each row at a time. See ahead_subgroup.wgsl.

// Elements of a row that are taken together.
const AHEAD = 1u;

// [row][element]
alias Taken = array<f32, ROWS * AHEAD>;

// Which of them this invocation reads.
fn own_ahead() -> u32 {
  return 0u;
}

// Takes those of row r, of which this invocation has read its own.
fn take_row(taken: ptr<function, Taken>, r: u32, own: f32) {
  (*taken)[r] = own;
}
