/**
 * Every kernel of the runtime: which shader files it is made of, for either family, and how many workgroups cover a
 * result.
 */
import type { Kernel } from './pipeline.ts';
import { shaderText } from './shaders.ts';
import type { SourceFile } from './source.ts';

import { elementLanes, type KernelFamily, tileFor, tileGroups } from './tiles.ts';
import { blockFor, blockGroups, sliceGroups, slicesFor } from './workgroups.ts';

/** Partial sums of a reduction in two halves; see shaders/common/sum.wgsl. */
export const PARTIALS = 4096;
/** SUM_WIDTH of shaders/common/sum.wgsl. */
export const SUM_WIDTH = 64;

export type OptimizerName = 'sgd' | 'momentum' | 'adam';

export function kernel(
  name: string,
  paths: readonly (string | SourceFile)[],
  constants: Record<string, number>,
): Kernel {
  const files = paths.map((path) =>
    typeof path === 'string' ? { name: `shaders/${path}`, text: shaderText(path) } : path,
  );
  return { name, files, constants };
}

/** A kernel and the workgroups that cover a result with it. */
export interface Covering {
  readonly kernel: Kernel;
  readonly workgroups: readonly [number, number];
}

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
    return tiled('product', ['linear/product_view.wgsl', 'linear/product.wgsl'], [rows, columns, 1]);
  }
  const constants = { ALONG_COLUMNS: along.columns ? 1 : 0, ALONG_ROWS: along.rows ? 1 : 0 };
  const block = blockFor(rows, columns);
  if (!block) {
    const files = ['linear/product_view.wgsl', 'linear/product_sliced.wgsl'];
    return sliced('product', files, [rows, columns], constants);
  }
  const files = ['linear/product_view.wgsl', 'linear/product_blocked.wgsl'];
  return {
    kernel: kernel('product.blocked', files, { ...block, ...constants }),
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
  return kernel('square_sums', ['optimizer/square_sums.wgsl'], { PARTIALS, SUM_WIDTH });
}

export function settle(): Kernel {
  const files = ['common/finite.wgsl', 'common/sum.wgsl', 'optimizer/control.wgsl', 'optimizer/settle.wgsl'];
  return kernel('settle', files, { PARTIALS });
}

export function optimizer(name: OptimizerName, family: KernelFamily): Kernel {
  const files = ['optimizer/control.wgsl', 'optimizer/update.wgsl', `optimizer/${name}.wgsl`];
  return kernel(name, files, { LANES: elementLanes(family) });
}

export function emitValue(family: KernelFamily): Kernel {
  const files = ['common/random.wgsl', 'generation/emit.wgsl'];
  return kernel('emit', files, { LANES: elementLanes(family) });
}

export function clearRow(family: KernelFamily): Kernel {
  return kernel('clear_row', ['generation/clear_row.wgsl'], { LANES: elementLanes(family) });
}
