/** The kernels of a time step whose products are dispatches of their own: see gpu/layers/recurrent-unfused.ts. */
import { type Covering, kernel } from './library.ts';
import {
  backwardFiles,
  type CellSource,
  forwardFiles,
  stepFiles,
  stepName,
  type StepVariant,
} from './library-recurrent.ts';
import type { SourceFile } from './source.ts';
import { elementGroups, elementLanes, type KernelFamily } from './tiles.ts';

/** A cell's equations for `length` = B·H units. @param apart whether the recurrent sums are given by themselves. */
export function forwardCell(
  family: KernelFamily,
  cell: CellSource,
  variant: StepVariant,
  apart: boolean,
  length: number,
): Covering {
  const files = [...forwardFiles(cell, variant, 'one_step'), 'recurrent/forward_cell.wgsl'];
  return units(family, stepName('forward_cell', cell, variant), cell, files, apart, length);
}

/** A cell's equations back; what came back through W has been added to what reached the state before. */
export function backwardCell(
  family: KernelFamily,
  cell: CellSource,
  variant: StepVariant,
  length: number,
): Covering {
  const files = [...backwardFiles(cell, variant, 'one_step'), 'recurrent/through_added.wgsl', BACKWARD];
  return units(family, stepName('backward_cell', cell, variant), cell, files, false, length);
}

/** Adds what came back through W to what reached the state. @param apart whether ∂L/∂h is given without ∂L/∂x. */
export function addThroughWeights(
  family: KernelFamily,
  cell: CellSource,
  variant: StepVariant,
  apart: boolean,
  length: number,
): Covering {
  const unit = ['recurrent/d_sums.wgsl', 'recurrent/backward_initial.wgsl', 'recurrent/through_given.wgsl'];
  const files = [...stepFiles(cell, variant, 'one_step'), ...unit, BACKWARD];
  return units(family, stepName('add_through_weights', cell, variant), cell, files, apart, length);
}

const BACKWARD = 'recurrent/backward_cell.wgsl';

function units(
  family: KernelFamily,
  name: string,
  cell: CellSource,
  files: readonly (string | SourceFile)[],
  apart: boolean,
  length: number,
): Covering {
  const constants = { LANES: elementLanes(family), APART: apart ? 1 : 0, ...cell.constants };
  return { kernel: kernel(name, files, constants), workgroups: elementGroups(family, length) };
}
