/** Dropout: see shaders/dropout/mask.wgsl. */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import type { Place } from './context.ts';

/** One use of dropout while training. */
export interface Dropout {
  /** Probability that an element is set to 0: 0 < rate < 1. */
  readonly rate: number;
  /** One mask for all time steps of a sequence. */
  readonly perSequence: boolean;
  /** Tells the uses of one model apart: see `dropoutPlace`. */
  readonly place: number;
  readonly seed: number;
  /** Holds the iteration; see shaders/optimizer/control.wgsl. */
  readonly control: GPUBuffer;
}

/** What of a stack is dropped. */
export type DropoutKind = 'input' | 'output' | 'recurrent' | 'recurrent-reverse';

const KINDS: readonly DropoutKind[] = ['input', 'output', 'recurrent', 'recurrent-reverse'];

/** The number of a place: 16·layer + kind, and 8192 more in an encoder. */
export function dropoutPlace(kind: DropoutKind, layer: number, isEncoder: boolean): number {
  return 16 * layer + KINDS.indexOf(kind) + (isEncoder ? 8192 : 0);
}

/** What shaders/dropout/drop.wgsl reads besides the uniform. */
export function dropoutBuffers(dropout: Dropout | undefined): Record<string, GPUBuffer> {
  return dropout ? { control: dropout.control } : {};
}

/** The fields of a uniform that shaders/dropout/drop.wgsl reads; zeros where nothing is dropped. */
export function dropoutUniform(dropout: Dropout | undefined): Record<string, number> {
  return {
    rate: dropout?.rate ?? 0,
    seed: dropout?.seed ?? 0,
    place: dropout?.place ?? 0,
    per_sequence: dropout?.perSequence ? 1 : 0,
  };
}

/** values ∘ mask, in place; of the inputs of a stack, and of their gradient. */
export function recordDropInputs(
  family: KernelFamily,
  inputs: {
    /** `[steps, B, width]`. */
    readonly values: Place;
    readonly steps: number;
    readonly batch: number;
    readonly width: number;
    /** The time step that the first of `steps` is. */
    readonly firstTime: number;
    readonly dropout: Dropout;
  },
): Recording {
  const { values, steps, batch, width, firstTime, dropout } = inputs;
  return {
    ...library.dropInputs(family, steps * batch, width),
    buffers: { values: values.buffer, ...dropoutBuffers(dropout) },
    uniform: {
      steps,
      batch,
      width,
      first_time: firstTime,
      ...dropoutUniform(dropout),
      values_at: values.at,
    },
    work: touching(2 * steps * batch * width),
  };
}
