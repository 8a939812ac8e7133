// What a driver and a cell say to each other, about one unit of one sequence at one time step.
//
// A cell file gives the constants
//   GATES       blocks of W's columns
//   STATES      values handed from step to step; state 0 is h, which W multiplies
//   VECTORS     parameter vectors of its own, [H] each
//   SAVED       values that forward keeps for backward
//   SPLIT_SUMS  whether it needs the input and the recurrent sum apart; otherwise only input_sum + recurrent_sum is
//               as said below, and how much of it lies in which is the driver's affair
// and the functions
//   cell_forward(at: CellInput) -> CellOutput
//   cell_backward(at: CellTape, d_state: array<f32, STATES>) -> CellGradient
// and asks, since a gate may be held at a value,
//   gate(index: u32, value: f32) -> f32         what an activated gate is
//   gate_slope(index: u32, slope: f32) -> f32   what its derivative is

// An array has at least one element.
const VECTOR_SLOTS = max(VECTORS, 1u);
const SAVED_SLOTS = max(SAVED, 1u);

struct CellInput {
  input_sum: array<f32, GATES>,      // x(t)·Wx + b
  recurrent_sum: array<f32, GATES>,  // h(t−1)·Wh
  state: array<f32, STATES>,         // of t−1
  vectors: array<f32, VECTOR_SLOTS>,
}

struct CellOutput {
  state: array<f32, STATES>,         // of t
  saved: array<f32, SAVED_SLOTS>,
}

struct CellTape {
  state_in: array<f32, STATES>,      // of t−1
  state_out: array<f32, STATES>,     // of t; where it is held at a value that, and not the cell's own
  saved: array<f32, SAVED_SLOTS>,
  vectors: array<f32, VECTOR_SLOTS>,
}

struct CellGradient {
  input_sum: array<f32, GATES>,      // of both sums, where they are not split
  recurrent_sum: array<f32, GATES>,  // read only where they are split
  state: array<f32, STATES>,         // what reaches the state of t−1 directly, not through W
  vectors: array<f32, VECTOR_SLOTS>, // this unit's and step's share
}
