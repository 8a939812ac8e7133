import { shaderText } from '../kernels/shaders.ts';
import type { CellDescription } from './cell.ts';

/** Long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000): shaders/cells/lstm.wgsl. */
export const lstm: CellDescription = {
  name: 'lstm',
  gates: ['i', 'f', 'g', 'o'],
  states: ['h', 'c'],
  vectors: [],
  saved: 4,
  savedGates: { i: 0, f: 1, g: 2, o: 3 },
  splitsSums: false,
  // An open forget gate lets the gradient through from the start (Jozefowicz et al., 2015).
  initialBias: { f: 1 },
  shader: shaderText('cells/lstm.wgsl'),
  constants: { VECTORS: 0 },
};

/** The LSTM whose gates also see the cell state: i and f that of t − 1, o that of t (Gers and Schmidhuber, 2000). */
export const peepholeLstm: CellDescription = {
  ...lstm,
  name: 'lstm-peepholes',
  variantOf: 'lstm',
  vectors: ['pi', 'pf', 'po'],
  constants: { VECTORS: 3 },
};
