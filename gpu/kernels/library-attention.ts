/** The kernels of attention, of drawing tokens and of beam search. */
import { byRows, type Covering, kernel, tiled } from './library.ts';
import type { Kernel } from './pipeline.ts';
import { elementLanes, type KernelFamily } from './tiles.ts';

/** What is summed over pairs: the files `shaders/attention/term_….wgsl`. */
export type PairTerm = 'dot' | 'score' | 'slope' | 'vector';

/** Terms with a tanh are unrolled less far: loads are the smaller part there, and they would compile for seconds. */
const TANH_WEIGHT = 16;
const MOST_TANHS = 2;

/** Side of a workgroup of `pairs_blocked.wgsl`, and the inner indices that it stages at a time. */
const SIDE = 16;
const DEPTH = 16;

/** A sum over pairs for each row of a batch: see shaders/attention/pairs_view.wgsl. */
export function pairs(
  family: KernelFamily,
  term: PairTerm,
  batch: number,
  [rows, columns]: readonly [number, number],
): Covering {
  const files = [
    ...(term === 'dot' ? [] : ['common/activation.wgsl']),
    'attention/pairs_view.wgsl',
    `attention/term_${term}.wgsl`,
  ];
  if (family === 'software') {
    const { kernel, workgroups } = tiled(
      `pairs.${term}`,
      [...files, 'attention/pairs.wgsl'],
      [rows, columns, term === 'dot' ? 1 : TANH_WEIGHT],
    );
    return { kernel, workgroups: [workgroups[0], workgroups[1] * batch] };
  }
  const most = term === 'dot' ? 4 : MOST_TANHS;
  const constants = { SIDE, DEPTH, EACH_ROW: eachFor(rows, most), EACH_COLUMN: eachFor(columns, most) };
  return {
    kernel: kernel(`pairs.${term}.blocked`, [...files, 'attention/pairs_blocked.wgsl'], constants),
    workgroups: [
      Math.ceil(columns / (SIDE * constants.EACH_COLUMN)),
      Math.ceil(rows / (SIDE * constants.EACH_ROW)) * batch,
    ],
  };
}

/** Results of an invocation along a side of a block: as many as leave little of the block past the edge. */
function eachFor(length: number, most: number): number {
  return [4, 2].find((each) => each <= most && length > (SIDE * each) / 2) ?? 1;
}

export function softmaxRows(family: KernelFamily, rows: number): Covering {
  return byRows('attention.softmax', ['attention/softmax.wgsl'], family, rows);
}

export function softmaxRowsBackward(family: KernelFamily, rows: number): Covering {
  return byRows('attention.softmax_backward', ['attention/softmax_backward.wgsl'], family, rows);
}

export function squash(family: KernelFamily): Kernel {
  const files = ['common/activation.wgsl', 'attention/squash.wgsl'];
  return kernel('attention.squash', files, { LANES: elementLanes(family) });
}

export function squashBackward(family: KernelFamily): Kernel {
  return kernel('attention.squash_backward', ['attention/squash_backward.wgsl'], {
    LANES: elementLanes(family),
  });
}

/** How the next token is chosen: the most likely one, or one drawn from the softmax. */
export type SampleMode = 'greedy' | 'sample';

export function sample(family: KernelFamily, mode: SampleMode, rows: number): Covering {
  const files =
    mode === 'greedy'
      ? ['generation/sample.wgsl', 'generation/sample_greedy.wgsl']
      : ['common/random.wgsl', 'generation/sample.wgsl', 'generation/sample_draw.wgsl'];
  return byRows(`sample.${mode}`, files, family, rows);
}

export function argmax(family: KernelFamily, rows: number): Covering {
  return byRows('argmax', ['generation/sample_argmax.wgsl', 'generation/sample_greedy.wgsl'], family, rows);
}

export function beamCandidates(family: KernelFamily, beams: number): Covering {
  const files = ['generation/beam.wgsl'];
  return byRows('beam.candidates', files, family, beams);
}

export function beamChoose(family: KernelFamily): Kernel {
  return kernel('beam.choose', ['generation/beam_choose.wgsl'], { LANES: elementLanes(family) });
}

export function beamReorder(family: KernelFamily): Kernel {
  return kernel('beam.reorder', ['generation/beam_reorder.wgsl'], { LANES: elementLanes(family) });
}
