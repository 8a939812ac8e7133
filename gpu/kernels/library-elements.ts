/**
 * Kernels that treat a sequence element by element or row by row: outputs of layers, dropout, tables, losses and batches.
 * See library.ts.
 */
import { type Covering, kernel, PARTIALS, SUM_WIDTH } from './library.ts';
import type { Kernel } from './pipeline.ts';
import { elementLanes, type KernelFamily } from './tiles.ts';

/** What a layer's output is made with; each is a file of its own, so that what is not used costs nothing. */
export interface OutputVariant {
  readonly hasLengths: boolean;
  readonly drops: boolean;
}

function liveFile(hasLengths: boolean): string {
  return hasLengths ? 'layers/live.wgsl' : 'layers/all_live.wgsl';
}

function dropoutFiles(drops: boolean): string[] {
  return drops
    ? ['common/random.wgsl', 'optimizer/control.wgsl', 'dropout/mask.wgsl', 'dropout/drop.wgsl']
    : ['dropout/keep.wgsl'];
}

/** An elementwise kernel and what its name adds for a variant: kernels of one name differ by constants alone. */
function elementwise(
  family: KernelFamily,
  name: string,
  files: readonly string[],
  marks: readonly string[] = [],
): Kernel {
  return kernel([name, ...marks].join('.'), files, { LANES: elementLanes(family) });
}

/** Workgroups along the rows; of more rows each takes several. */
const MOST_ROWS: Record<KernelFamily, number> = { software: 64, hardware: 4096 };

/** A kernel of rows and columns: see shaders/common/columns.wgsl. */
function byRows(
  family: KernelFamily,
  name: string,
  files: readonly string[],
  [rows, columns]: readonly [number, number],
): Covering {
  const each = [4, 2].find((count) => columns >= 4 * count) ?? 1;
  const constants = family === 'software' ? { LANES: 4, EACH: each } : { LANES: 64, EACH: 1 };
  return {
    kernel: kernel(name, ['common/columns.wgsl', ...files], constants),
    workgroups: [Math.ceil(columns / (constants.LANES * constants.EACH)), Math.min(rows, MOST_ROWS[family])],
  };
}

function ofOutput(
  family: KernelFamily,
  name: string,
  { hasLengths, drops }: OutputVariant,
  size: readonly [number, number],
): Covering {
  const files = [liveFile(hasLengths), ...dropoutFiles(drops), `layers/${name}.wgsl`];
  const variant = [name, ...(hasLengths ? ['lengths'] : []), ...(drops ? ['dropout'] : [])];
  return byRows(family, variant.join('.'), files, size);
}

/** For so many rows and columns, as all of the following. */
export function joinOutput(
  family: KernelFamily,
  variant: OutputVariant,
  rows: number,
  columns: number,
): Covering {
  return ofOutput(family, 'join', variant, [rows, columns]);
}

export function joinGradient(
  family: KernelFamily,
  variant: OutputVariant,
  rows: number,
  columns: number,
): Covering {
  return ofOutput(family, 'join_gradient', variant, [rows, columns]);
}

export function dropInputs(family: KernelFamily, rows: number, columns: number): Covering {
  const files = [...dropoutFiles(true), 'dropout/drop_inputs.wgsl'];
  return byRows(family, 'drop_inputs', files, [rows, columns]);
}

export function lookUp(family: KernelFamily, rows: number, columns: number): Covering {
  return byRows(family, 'look_up', ['embedding/look_up.wgsl'], [rows, columns]);
}

/** Rows of a table: software adapters go through the rows of d once, GPUs look for each token's. */
export function tableGradient(family: KernelFamily, vocabulary: number, width: number): Covering {
  if (family === 'software') {
    const constants = { LANES: 4, EACH: width >= 128 ? 4 : 1 };
    return {
      kernel: kernel('table_gradient', ['embedding/table_gradient.wgsl'], constants),
      workgroups: [Math.ceil(width / (constants.LANES * constants.EACH)), 1],
    };
  }
  const constants = { SLICES: 8, LANES: 32, EACH: [1, 2].find((each) => width <= 32 * each) ?? 4 };
  return {
    kernel: kernel('table_gradient.grouped', ['embedding/table_gradient_grouped.wgsl'], constants),
    workgroups: [Math.ceil(width / (constants.LANES * constants.EACH)), Math.min(vocabulary, MOST_TOKENS)],
  };
}

/** Workgroups along the vocabulary; a longer one is gone through in strides. */
const MOST_TOKENS = 2048;

export function outputWeights(hasMask: boolean, hasLengths: boolean): Kernel {
  const files = [hasMask ? 'loss/masked.wgsl' : 'loss/unmasked.wgsl', liveFile(hasLengths)];
  const name = ['weights', ...(hasMask ? ['masked'] : []), ...(hasLengths ? ['lengths'] : [])].join('.');
  return kernel(name, ['common/sum.wgsl', ...files, 'loss/weights.wgsl'], {});
}

function loss(name: string, isWeighted: boolean, files: readonly string[]): Kernel {
  const weighting = isWeighted ? 'loss/weighted.wgsl' : 'loss/unweighted.wgsl';
  const path = [...files, 'loss/loss.wgsl', weighting, `loss/${name}.wgsl`];
  return kernel(isWeighted ? `${name}.weighted` : name, path, { PARTIALS });
}

export function meanSquaredError(isWeighted: boolean): Covering {
  const { files, constants, name } = loss('mean_squared_error', isWeighted, []);
  return {
    kernel: { name, files, constants: { ...constants, SUM_WIDTH } },
    workgroups: [PARTIALS / SUM_WIDTH, 1],
  };
}

/** An invocation to a row for software adapters, a workgroup to a row for GPUs. */
export function crossEntropy(family: KernelFamily, isWeighted: boolean, rows: number): Covering {
  if (family === 'software') {
    const { files, constants, name } = loss('cross_entropy', isWeighted, []);
    return {
      kernel: { name, files, constants: { ...constants, SUM_WIDTH } },
      workgroups: [PARTIALS / SUM_WIDTH, 1],
    };
  }
  return {
    kernel: loss('cross_entropy_grouped', isWeighted, ['common/sum.wgsl']),
    workgroups: [Math.min(rows, PARTIALS), 1],
  };
}

export function gatherWindows(family: KernelFamily): Kernel {
  const files = ['common/random.wgsl', 'optimizer/control.wgsl', 'data/gather_windows.wgsl'];
  return elementwise(family, 'gather_windows', files);
}

export function gatherExamples(family: KernelFamily, isDrawn: boolean): Kernel {
  const files = isDrawn
    ? ['common/random.wgsl', 'optimizer/control.wgsl', 'data/drawn_examples.wgsl']
    : ['data/all_examples.wgsl'];
  return elementwise(
    family,
    'gather_examples',
    [...files, 'data/gather_examples.wgsl'],
    isDrawn ? ['drawn'] : [],
  );
}

export function gatherStream(family: KernelFamily): Kernel {
  return elementwise(family, 'gather_stream', ['optimizer/control.wgsl', 'data/gather_stream.wgsl']);
}

export function beginStates(family: KernelFamily): Kernel {
  return elementwise(family, 'begin_states', ['optimizer/control.wgsl', 'data/begin_states.wgsl']);
}

export function keepStates(family: KernelFamily): Kernel {
  return elementwise(family, 'keep_states', ['optimizer/control.wgsl', 'data/keep_states.wgsl']);
}

export function halve(family: KernelFamily): Kernel {
  return elementwise(family, 'halve', ['common/half.wgsl', 'recurrent/halve.wgsl']);
}

export function copyColumns(family: KernelFamily): Kernel {
  return elementwise(family, 'copy_columns', ['linear/copy_columns.wgsl']);
}

export function joinColumns(family: KernelFamily): Kernel {
  return elementwise(family, 'join_columns', ['linear/join_columns.wgsl']);
}
