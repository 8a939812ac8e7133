/** The kernels of a time step: which files make up a cell's variants, and the drivers for either family. */
import { type Covering, HALF, kernel, sliced, tiled, TOGETHER } from './library.ts';
import type { SourceFile } from './source.ts';
import { elementGroups, elementLanes, type KernelFamily } from './tiles.ts';

/** A cell as a driver's file list wants it; see gpu/cells/cell.ts. */
export interface CellSource {
  readonly name: string;
  readonly variantOf?: string;
  readonly gates: readonly string[];
  readonly shader: string;
  readonly constants?: Readonly<Record<string, number>>;
}

/** What a time step takes into account besides its equations. */
export interface StepVariant {
  /** The input sums are given, complete. */
  readonly hoisted: boolean;
  /** Rows end, each after its length. */
  readonly ends: boolean;
  /** W sees h through dropout. */
  readonly drops: boolean;
  /** Gates and states are held at values. */
  readonly forces: boolean;
  /** The parameters are read as they were rounded to 16 bits, and so is each h when it is made. */
  readonly halves: boolean;
  /** Nothing is saved for a backward sweep. */
  readonly forgets?: boolean;
  /** Steps hand h on to the next ones apart from the states. */
  readonly recalls?: boolean;
  /** Backward: the whole gradient of h is left behind. */
  readonly keeps?: boolean;
}

const PLAIN: StepVariant = { hoisted: false, ends: false, drops: false, forces: false, halves: false };

/** Parameters of 16 bits, and each h rounded to them. */
const ROUNDING = [
  'common/finite.wgsl',
  'common/half.wgsl',
  'recurrent/parameters_half.wgsl',
  'recurrent/rounded.wgsl',
];

/** A seam between a driver and an option: one file where it is used, a trivial one where not. */
function seamFiles({ ends, drops, forces, halves }: StepVariant): string[] {
  const masks = [
    'common/random.wgsl',
    'dropout/mask.wgsl',
    'optimizer/control.wgsl',
    'recurrent/dropped.wgsl',
  ];
  return [
    ...(halves ? ROUNDING : ['recurrent/parameters.wgsl', 'recurrent/unrounded.wgsl']),
    ends ? 'recurrent/ending.wgsl' : 'recurrent/unending.wgsl',
    ...(drops ? masks : ['recurrent/undropped.wgsl']),
    forces ? 'recurrent/forced.wgsl' : 'recurrent/unforced.wgsl',
  ];
}

/** What time steps a dispatch is. */
export type Extent = 'one_step' | 'many_steps';

type Files = readonly (string | SourceFile)[];

export function stepFiles(cell: CellSource, variant: StepVariant, extent: Extent): Files {
  const equations = { name: `shaders/cells/${cell.variantOf ?? cell.name}.wgsl`, text: cell.shader };
  const step = ['recurrent/cell.wgsl', 'recurrent/step.wgsl', `recurrent/${extent}.wgsl`];
  return ['common/activation.wgsl', equations, ...step, ...seamFiles(variant)];
}

/** What any driver forward does for a unit. */
export function forwardUnit({ recalls = false, forgets = false }: StepVariant): Files {
  const handing = recalls ? [HALF, 'recurrent/recalled.wgsl'] : ['recurrent/unrecalled.wgsl'];
  const saving = forgets ? 'recurrent/unsaved.wgsl' : 'recurrent/saved.wgsl';
  return [...handing, saving, 'recurrent/forward_unit.wgsl'];
}

/** What a driver forward needs for a unit. */
export function forwardFiles(cell: CellSource, variant: StepVariant, extent: Extent): Files {
  return [...stepFiles(cell, variant, extent), 'recurrent/inputs.wgsl', ...forwardUnit(variant)];
}

/** What a driver backward needs for a unit. */
export function backwardFiles(cell: CellSource, variant: StepVariant, extent: Extent): Files {
  const gradient = variant.keeps ? 'recurrent/gradient_kept.wgsl' : 'recurrent/gradient_read.wgsl';
  const unit = [gradient, 'recurrent/d_sums.wgsl', 'recurrent/backward_unit.wgsl'];
  return [...stepFiles(cell, variant, extent), ...unit];
}

/** Such as `forward_step.rnn.ends`. */
export function stepName(step: string, { name }: CellSource, variant: StepVariant): string {
  const options = Object.entries(variant).filter(([, used]) => used === true);
  return [step, name, ...options.map(([option]) => option)].join('.');
}

/** One time step of a cell, for B rows and H units. */
export function forwardStep(
  family: KernelFamily,
  cell: CellSource,
  variant: StepVariant,
  rows: number,
  units: number,
): Covering {
  const name = stepName('forward_step', cell, variant);
  const files = forwardFiles(cell, variant, 'one_step');
  const constants = { HOISTED: variant.hoisted ? 1 : 0, ...cell.constants };
  return family === 'software'
    ? tiled(
        name,
        [...files, TOGETHER, 'recurrent/forward_step.wgsl'],
        [rows, units, cell.gates.length],
        constants,
      )
    : sliced(name, [...files, 'recurrent/forward_step_sliced.wgsl'], [rows, units], constants);
}

/** One time step back. */
export function backwardStep(
  family: KernelFamily,
  cell: CellSource,
  { ends, drops, forces, halves, keeps = false }: StepVariant,
  rows: number,
  units: number,
): Covering {
  const variant = { hoisted: false, ends, drops, forces, halves, keeps };
  const name = stepName('backward_step', cell, variant);
  return backThroughW(family, name, cell, backwardFiles(cell, variant, 'one_step'), [rows, units]);
}

/** What comes back to the initial h through W. */
export function backwardToInitial(
  family: KernelFamily,
  cell: CellSource,
  { drops, halves }: StepVariant,
  rows: number,
  units: number,
): Covering {
  const variant = { ...PLAIN, drops, halves };
  const unit = ['recurrent/d_sums.wgsl', 'recurrent/backward_initial.wgsl'];
  const name = stepName('backward_to_initial', cell, variant);
  return backThroughW(family, name, cell, [...stepFiles(cell, variant, 'one_step'), ...unit], [rows, units]);
}

/** The drivers of a step back, with what they are to do for a unit. */
function backThroughW(
  family: KernelFamily,
  name: string,
  cell: CellSource,
  files: Files,
  [rows, units]: readonly [number, number],
): Covering {
  const constants = { ...cell.constants };
  return family === 'software'
    ? tiled(name, [...files, TOGETHER, 'recurrent/backward_step.wgsl'], [rows, units, 1], constants)
    : sliced(name, [...files, 'recurrent/backward_step_sliced.wgsl'], [rows, units], constants, 4);
}

/** h of a slot as steps are to read it, `length` = B·H of them. */
export function takeInitial(
  family: KernelFamily,
  cell: CellSource,
  { drops, halves }: StepVariant,
  length: number,
): Covering {
  const variant = { ...PLAIN, drops, halves };
  const files = [...stepFiles(cell, variant, 'one_step'), 'recurrent/take_initial.wgsl'];
  const constants = { LANES: elementLanes(family), ...cell.constants };
  return {
    kernel: kernel(stepName('take_initial', cell, variant), files, constants),
    workgroups: elementGroups(family, length),
  };
}
