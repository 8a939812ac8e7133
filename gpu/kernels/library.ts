/**
 * Every kernel of the runtime: which shader files it is made of, for either family, and how many workgroups cover a
 * result.
 */
import type { Kernel } from './pipeline.ts';
import { shaderText } from './shaders.ts';
import type { SourceFile } from './source.ts';

import { elementLanes, type KernelFamily, MOST_GROUPS, tileFor, tileGroups } from './tiles.ts';
import { blockFor, blockGroups, sliceGroups, slicesFor } from './workgroups.ts';

/** Partial sums of a reduction in two halves; see shaders/common/sum.wgsl. */
export const PARTIALS = 4096;
/** SUM_WIDTH of shaders/common/sum.wgsl. */
export const SUM_WIDTH = 64;

/** Which file an optimiser is, and whether its weight decay stands beside the gradient; see shaders/optimizer/next.wgsl. */
const OPTIMIZERS = {
  sgd: { file: 'sgd', DECOUPLED: 0 },
  momentum: { file: 'momentum', DECOUPLED: 0 },
  nesterov: { file: 'nesterov', DECOUPLED: 0 },
  rmsprop: { file: 'rmsprop', DECOUPLED: 0 },
  adam: { file: 'adam', DECOUPLED: 0 },
  adamw: { file: 'adam', DECOUPLED: 1 },
} as const;

export type OptimizerName = keyof typeof OPTIMIZERS;

/** What the word `schedule` of the settings says, by the schedule's kind; see shaders/optimizer/schedule.wgsl. */
export const SCHEDULES = { constant: 0, step: 1, cosine: 2, 'warm-up': 3 } as const;

export function kernel(
  name: string,
  paths: readonly (string | SourceFile)[],
  constants: Record<string, number>,
): Kernel {
  return {
    name,
    files: paths.map((path) => (typeof path === 'string' ? shaderFile(path) : path)),
    constants,
  };
}

function shaderFile(path: string): SourceFile {
  return { name: `shaders/${path}`, text: shaderText(path) };
}

/** A kernel and the workgroups that cover a result with it. */
export interface Covering {
  readonly kernel: Kernel;
  readonly workgroups: readonly [number, number];
}

/** How a register tile takes the left factor of a product. */
export const TOGETHER: SourceFile = {
  ...shaderFile('common/together.wgsl'),
  withSubgroups: shaderFile('common/together_subgroup.wgsl'),
};

/** How numbers are kept that have no more than 16 bits. */
export const HALF: SourceFile = {
  ...shaderFile('common/half_f32.wgsl'),
  withF16: shaderFile('common/half_f16.wgsl'),
};

/** A register tile to an invocation: for software adapters. `files` are those of the tiled kernel. */
export function tiled(
  name: string,
  files: readonly (string | SourceFile)[],
  [rows, columns, gates]: readonly [number, number, number],
  constants: Record<string, number> = {},
): Covering {
  const tile = tileFor(rows, columns, gates);
  return {
    kernel: kernel(name, ['common/tile.wgsl', ...files], { ...tile, ...constants }),
    workgroups: tileGroups(tile, rows, columns),
  };
}

/** Inner sums shared by a workgroup's slices: for GPUs. */
export function sliced(
  name: string,
  files: readonly (string | SourceFile)[],
  [rows, columns]: readonly [number, number],
  constants: Record<string, number> = {},
  mostEach = 1,
): Covering {
  const slices = slicesFor(rows, columns, mostEach);
  return {
    kernel: kernel(`${name}.sliced`, ['common/slices.wgsl', ...files], { ...slices, ...constants }),
    workgroups: sliceGroups(slices, rows, columns),
  };
}

/** Rows of a workgroup, and invocations that share a row: see shaders/common/rows.wgsl. */
function rowShares(family: KernelFamily): { ROWS: number; SLICES: number } {
  return family === 'software' ? { ROWS: 16, SLICES: 1 } : { ROWS: 1, SLICES: 64 };
}

/** A kernel with invocations that share a row, for so many rows. */
export function byRows(name: string, files: readonly string[], family: KernelFamily, rows: number): Covering {
  const constants = rowShares(family);
  return {
    kernel: kernel(name, ['common/rows.wgsl', ...files], constants),
    workgroups: [Math.min(Math.ceil(rows / constants.ROWS), MOST_GROUPS), 1],
  };
}

/**
 * A matrix product with a result of so many rows and columns. `along` says which strides are 1: whether neighbouring
 * columns of the right factor, and neighbouring rows of the left one, are neighbours in memory.
 */
export function product(
  family: KernelFamily,
  rows: number,
  columns: number,
  along: { readonly columns: boolean; readonly rows: boolean },
): Covering {
  if (family === 'software') {
    return tiled(
      'product',
      [TOGETHER, 'linear/product_view.wgsl', 'linear/product.wgsl'],
      [rows, columns, 1],
    );
  }
  const constants = { ALONG_COLUMNS: along.columns ? 1 : 0, ALONG_ROWS: along.rows ? 1 : 0 };
  const files = ['linear/product_view.wgsl', 'linear/product_staged.wgsl'];
  const block = blockFor(rows, columns);
  if (!block) {
    return sliced('product', [...files, 'linear/product_sliced.wgsl'], [rows, columns], constants);
  }
  const blocked = [...files, 'linear/product_blocked.wgsl'];
  return {
    kernel: kernel('product.blocked', blocked, { ...block, ...constants }),
    workgroups: blockGroups(block, rows, columns),
  };
}

/** Sums over rows, one a column. */
export function columnSums(family: KernelFamily, columns: number): Covering {
  const constants = { COLUMNS: 16, SLICES: family === 'software' ? 1 : 16 };
  return {
    kernel: kernel('column_sums', ['linear/column_sums.wgsl'], constants),
    workgroups: [Math.ceil(columns / constants.COLUMNS), 1],
  };
}

export function squareSums(): Kernel {
  return kernel('square_sums', ['optimizer/control.wgsl', 'optimizer/square_sums.wgsl'], {
    PARTIALS,
    SUM_WIDTH,
  });
}

export function settle(): Kernel {
  const files = [
    'common/finite.wgsl',
    'common/sum.wgsl',
    'optimizer/control.wgsl',
    'optimizer/schedule.wgsl',
    'optimizer/settle.wgsl',
  ];
  const kinds = {
    SCHEDULE_STEP: SCHEDULES.step,
    SCHEDULE_COSINE: SCHEDULES.cosine,
    SCHEDULE_WARM_UP: SCHEDULES['warm-up'],
  };
  return kernel('settle', files, { PARTIALS, ...kinds });
}

/** Refuses an update of which a value would not be finite; to be dispatched before `update`. */
export function checkUpdate(name: OptimizerName, family: KernelFamily): Kernel {
  return optimizer(name, family, 'check', ['common/finite.wgsl']);
}

export function update(name: OptimizerName, family: KernelFamily): Kernel {
  return optimizer(name, family, 'update', []);
}

function optimizer(
  name: OptimizerName,
  family: KernelFamily,
  driver: 'check' | 'update',
  common: readonly string[],
): Kernel {
  const { file, DECOUPLED } = OPTIMIZERS[name];
  const files = ['control', 'next', driver, file].map((part) => `optimizer/${part}.wgsl`);
  return kernel(`${driver}.${name}`, [...common, ...files], { LANES: elementLanes(family), DECOUPLED });
}

/** Of so many values. */
export function emitValues(family: KernelFamily, values: number): Covering {
  const files = ['common/random.wgsl', 'generation/noise.wgsl', 'generation/emit.wgsl'];
  return byRows('emit', files, family, values);
}

export function clearRow(family: KernelFamily): Kernel {
  return kernel('clear_row', ['generation/clear_row.wgsl'], { LANES: elementLanes(family) });
}
