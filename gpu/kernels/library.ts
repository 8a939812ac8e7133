/** Every kernel of the runtime: which shader files it is made of. */
import type { Kernel } from './pipeline.ts';
import { shaderText } from './shaders.ts';
import type { SourceFile } from './source.ts';
import { elementLanes, type KernelFamily, type Tile } from './tiles.ts';

/** Partial sums of a reduction in two halves; see shaders/common/sum.wgsl. */
export const PARTIALS = 1024;
/** SUM_WIDTH of shaders/common/sum.wgsl. */
export const SUM_WIDTH = 64;

/** A cell as a driver's file list wants it. */
export interface CellSource {
  readonly name: string;
  readonly shader: string;
}

export type OptimizerName = 'sgd' | 'momentum' | 'adam';

function kernel(
  name: string,
  paths: readonly (string | SourceFile)[],
  constants: Record<string, number>,
): Kernel {
  const files = paths.map((path) =>
    typeof path === 'string' ? { name: `shaders/${path}`, text: shaderText(path) } : path,
  );
  return { name, files, constants };
}

function cellFiles({ name, shader }: CellSource): (string | SourceFile)[] {
  const cell = { name: `shaders/cells/${name}.wgsl`, text: shader };
  return ['common/activation.wgsl', cell, 'recurrent/cell.wgsl', 'common/tile.wgsl', 'recurrent/step.wgsl'];
}

export function forwardStep(cell: CellSource, tile: Tile): Kernel {
  const files = [...cellFiles(cell), 'recurrent/forward_step.wgsl'];
  return kernel(`forward_step.${cell.name}`, files, { ...tile });
}

export function backwardStep(cell: CellSource, tile: Tile): Kernel {
  const files = [...cellFiles(cell), 'recurrent/backward_step.wgsl'];
  return kernel(`backward_step.${cell.name}`, files, { ...tile });
}

export function product(tile: Tile): Kernel {
  return kernel('product', ['common/tile.wgsl', 'linear/product.wgsl'], { ...tile });
}

export function columnSums(family: KernelFamily): Kernel {
  return kernel('column_sums', ['linear/column_sums.wgsl'], { LANES: elementLanes(family) });
}

export function meanSquaredError(): Kernel {
  return kernel('mean_squared_error', ['loss/mean_squared_error.wgsl'], { PARTIALS, SUM_WIDTH });
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

export function gatherWindows(family: KernelFamily): Kernel {
  const files = ['common/random.wgsl', 'optimizer/control.wgsl', 'data/gather_windows.wgsl'];
  return kernel('gather_windows', files, { LANES: elementLanes(family) });
}

export function emitValue(family: KernelFamily): Kernel {
  const files = ['common/random.wgsl', 'generation/emit.wgsl'];
  return kernel('emit', files, { LANES: elementLanes(family) });
}

export function clearRow(family: KernelFamily): Kernel {
  return kernel('clear_row', ['generation/clear_row.wgsl'], { LANES: elementLanes(family) });
}
