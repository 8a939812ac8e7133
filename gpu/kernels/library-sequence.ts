/** The kernels that run all time steps of a layer in one dispatch. */
import { type Covering, kernel } from './library.ts';
import {
  backwardFiles,
  type CellSource,
  forwardFiles,
  forwardUnit,
  stepFiles,
  stepName,
  type StepVariant,
} from './library-recurrent.ts';
import type { Kernel } from './pipeline.ts';
import type { KernelFamily } from './tiles.ts';
import { type SequenceCell, type SequenceProduct, sequenceProducts, sequenceShape } from './sequences.ts';

const DRIVER = 'recurrent/sequence.wgsl';

/** All time steps of a cell, for B rows and H units of a layer that fits: see `fitsSequence`. */
export function forwardSequence(
  family: KernelFamily,
  cell: CellSource & SequenceCell,
  variant: StepVariant,
  rows: number,
  units: number,
): Covering {
  const unit = forwardFiles(cell, variant, 'many_steps');
  const files = [...unit, DRIVER, 'recurrent/forward_sequence.wgsl', 'recurrent/given_inputs.wgsl'];
  const constants = { HOISTED: variant.hoisted ? 1 : 0, ...cell.constants };
  const sequence = kernel(stepName('forward_sequence', cell, variant), files, constants);
  return divided(family, sequence, rows, sequenceProducts(cell, units).forward);
}

/** The same of rows that read what they say: see shaders/generation/said_inputs.wgsl. */
export function continueSequence(
  family: KernelFamily,
  cell: CellSource & SequenceCell,
  variant: StepVariant,
  rows: number,
  units: number,
): Covering {
  const files = [
    ...stepFiles(cell, variant, 'many_steps'),
    ...forwardUnit(variant),
    'common/random.wgsl',
    'generation/noise.wgsl',
    DRIVER,
    'recurrent/forward_sequence.wgsl',
    'generation/said_inputs.wgsl',
  ];
  const sequence = kernel(stepName('continue_sequence', cell, variant), files, { ...cell.constants });
  return divided(family, sequence, rows, sequenceProducts(cell, units).forward);
}

/** All time steps back. */
export function backwardSequence(
  family: KernelFamily,
  cell: CellSource & SequenceCell,
  { ends, drops, forces, halves, keeps = false }: StepVariant,
  rows: number,
  units: number,
): Covering {
  const variant = { hoisted: false, ends, drops, forces, halves, keeps };
  const files = [...backwardFiles(cell, variant, 'many_steps'), DRIVER, 'recurrent/backward_sequence.wgsl'];
  const sequence = kernel(stepName('backward_sequence', cell, variant), files, { ...cell.constants });
  return divided(family, sequence, rows, sequenceProducts(cell, units).backward);
}

function divided(family: KernelFamily, sequence: Kernel, rows: number, product: SequenceProduct): Covering {
  const shape = sequenceShape(family, rows, product);
  if (!shape) throw new Error(`${sequence.name}: ${product.units} units are too many.`);
  // Neighbouring invocations are what is next to each other in W.
  const strides = product.alongColumns
    ? { SLICE_STRIDE: shape.COLUMNS, COLUMN_STRIDE: 1 }
    : { SLICE_STRIDE: 1, COLUMN_STRIDE: shape.SLICES };
  return {
    kernel: { ...sequence, constants: { ...shape, ...strides, ...sequence.constants } },
    workgroups: [Math.ceil(rows / shape.ROWS), 1],
  };
}
