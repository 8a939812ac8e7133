/** Batches out of the data, and the states that a batch begins with. Which batch follows from the iteration alone. */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';

export interface WindowsGather {
  /** `[length, features]`. */
  readonly series: GPUBuffer;
  /** u32: where windows may begin. */
  readonly starts: GPUBuffer;
  readonly control: GPUBuffer;
  /** Both `[T, B, features]`. */
  readonly inputs: GPUBuffer;
  readonly targets: GPUBuffer;
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  /** From how many of `starts` to draw; `null`: the window of row b begins at starts[b]. */
  readonly draw: { readonly seed: number; readonly count: number } | null;
}

/** Cuts windows out of the series into inputs, and into targets one value further on. */
export function recordGatherWindows(family: KernelFamily, gather: WindowsGather): Recording {
  const { series, starts, control, inputs, targets, batch, steps, features, draw } = gather;
  return {
    kernel: library.gatherWindows(family),
    buffers: { series, starts, control, inputs, targets },
    uniform: {
      steps,
      batch,
      features,
      seed: draw?.seed ?? 0,
      start_count: draw?.count ?? batch,
      is_random: draw ? 1 : 0,
    },
    workgroups: elementGroups(family, steps * batch * features),
    // The windows of T + 1 values, and both that are cut out of each.
    work: touching((3 * steps + 1) * batch * features),
  };
}

export interface ExamplesGather {
  /** `[steps, N, width]`, of any 4-byte words: numbers, tokens, or lengths where `steps` and `width` are 1. */
  readonly from: GPUBuffer;
  /** `[fillSteps, B, width]`; past `steps` the words are 0. */
  readonly to: GPUBuffer;
  /** N. */
  readonly count: number;
  readonly width: number;
  readonly steps: number;
  readonly fillSteps: number;
  readonly batch: number;
  /** At random with replacement; `all`: row b is example b. */
  readonly draw: { readonly seed: number; readonly control: GPUBuffer } | 'all';
}

/** to[t, b, :] = from[t, n(b), :], n(b) being the same for whatever is gathered at an iteration. */
export function recordGatherExamples(family: KernelFamily, gather: ExamplesGather): Recording {
  const { from, to, count, width, steps, fillSteps, batch, draw } = gather;
  const isDrawn = draw !== 'all';
  return {
    kernel: library.gatherExamples(family, isDrawn),
    buffers: { source: from, gathered: to, ...(isDrawn ? { control: draw.control } : {}) },
    uniform: { count, width, steps, fill_steps: fillSteps, batch, seed: isDrawn ? draw.seed : 0 },
    workgroups: elementGroups(family, fillSteps * batch * width),
    work: touching((steps + fillSteps) * batch * width),
  };
}

export interface StreamGather {
  /** `[W][steps, B, width]`, of any 4-byte words. */
  readonly from: GPUBuffer;
  /** `[steps, B, width]`. */
  readonly to: GPUBuffer;
  readonly width: number;
  readonly steps: number;
  readonly batch: number;
  /** W. */
  readonly windows: number;
  readonly control: GPUBuffer;
}

/** to = from[iteration mod W]. */
export function recordGatherStream(family: KernelFamily, gather: StreamGather): Recording {
  const { from, to, width, steps, batch, windows, control } = gather;
  const length = steps * batch * width;
  return {
    kernel: library.gatherStream(family),
    buffers: { source: from, gathered: to, control },
    uniform: { length, windows },
    workgroups: elementGroups(family, length),
    work: touching(2 * length),
  };
}

/** States that go from window to window. */
export interface CarriedStates {
  /** `[planes][B, H]`: those that a window ended with. */
  readonly carried: GPUBuffer;
  /** `[planes][slots, B, H]`, the initial ones in slot 0, the final ones in the last. */
  readonly states: GPUBuffer;
  readonly planes: number;
  readonly slots: number;
  readonly batch: number;
  readonly hiddenSize: number;
  readonly control: GPUBuffer;
}

export interface StatesBegin extends CarriedStates {
  /** `[W, B]`, u32: 1 where a sequence begins with the window. `null`: at window 0 only. */
  readonly begins: GPUBuffer | null;
  /** W. */
  readonly windows: number;
}

/** The initial states of a window of streams: those carried on, or zeros where a sequence begins, as all do at window 0. */
export function recordBeginStates(family: KernelFamily, begin: StatesBegin): Recording {
  const { carried, states, planes, slots, batch, hiddenSize, begins, windows, control } = begin;
  return {
    kernel: library.beginStates(family),
    buffers: { carried, states, begins: begins ?? control, control },
    uniform: {
      planes,
      plane_stride: slots * batch * hiddenSize,
      batch,
      hidden_size: hiddenSize,
      has_begins: begins ? 1 : 0,
      windows,
    },
    workgroups: elementGroups(family, planes * batch * hiddenSize),
    work: touching(2 * planes * batch * hiddenSize),
  };
}

/** Puts the final states by, unless the iteration's update was refused. */
export function recordKeepStates(family: KernelFamily, keep: CarriedStates): Recording {
  const { carried, states, planes, slots, batch, hiddenSize, control } = keep;
  const length = batch * hiddenSize;
  return {
    kernel: library.keepStates(family),
    buffers: { carried, states, control },
    uniform: { planes, plane_stride: slots * length, length, final_at: (slots - 1) * length },
    workgroups: elementGroups(family, planes * length),
    work: touching(2 * planes * length),
  };
}
