import { shaderText } from '../kernels/shaders.ts';
import type { CellDescription } from './cell.ts';

/** The simple recurrent cell, `h(t) = tanh([x(t) ‖ h(t−1)]·W + b)` (Elman, Finding structure in time, 1990). */
export const rnn: CellDescription = {
  name: 'rnn',
  gates: ['h'],
  states: ['h'],
  vectors: [],
  saved: 0,
  savedGates: {},
  splitsSums: false,
  shader: shaderText('cells/rnn.wgsl'),
  constants: { RELU: 0 },
};

/** The simple cell with `max(0, a)` in place of tanh (Le, Jaitly and Hinton, 2015). */
export const reluRnn: CellDescription = {
  ...rnn,
  name: 'rnn-relu',
  variantOf: 'rnn',
  constants: { RELU: 1 },
};
