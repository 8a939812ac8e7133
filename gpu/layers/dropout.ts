/** Dropout: see shaders/dropout/mask.wgsl. */

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
