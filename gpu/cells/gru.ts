import { shaderText } from '../kernels/shaders.ts';
import type { CellDescription } from './cell.ts';

/** The gated recurrent unit (Cho et al., 2014), reset gate after the product: shaders/cells/gru.wgsl. */
export const gru: CellDescription = {
  name: 'gru',
  gates: ['r', 'z', 'n'],
  states: ['h'],
  vectors: ['bn'],
  saved: 4,
  savedGates: { r: 0, z: 1, n: 2 },
  splitsSums: true,
  shader: shaderText('cells/gru.wgsl'),
};
