/**
 * Tasks that a recurrent network can only do by remembering, made in code: whether the runtime learns, and not only
 * whether its derivatives are right. They lie in bench/ since they take minutes and measure iterations; `npm run learn`.
 */
import type { Examples, ExampleSet, RunConfiguration, StreamSet } from '../../gpu/index.ts';
import type { RandomSource } from '../../test/support/random.ts';

export interface Task {
  /** What `--task` chooses by; several rows of the table may share it. */
  readonly name: string;
  /** What sets the row apart from others of the name, such as the cell and its width. */
  readonly setting: string;
  /** What `score` counts: an error is to be small, an accuracy large. */
  readonly measure: 'squared error' | 'accuracy';
  /** An error below it, or an accuracy from it on, is reached. */
  readonly bar: number;
  /**
   * Whether the bar ought to be reached within `limit` iterations. Where it ought not, the run trains to the limit and
   * must never have been on the other side of the bar.
   */
  readonly learnable: boolean;
  readonly limit: number;
  configuration(seed: number): RunConfiguration;
  training(random: RandomSource): ExampleSet | StreamSet;
  /** Fresh examples, to be judged by. */
  heldOut(random: RandomSource, count: number): Examples;
  /** Of the outputs `[T′, N, O]` that the model gives for held-out examples. */
  score(outputs: Float32Array, examples: Examples): number;
}

export const hasReached = ({ measure, bar }: Task, score: number): boolean =>
  measure === 'accuracy' ? score >= bar : score < bar;

export function adam(learningRate: number) {
  return { algorithm: 'adam', learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
}

/** The share of classes that are the largest of their logits, over outputs from row `from` on, a row being `[O]`. */
export function classAccuracy(
  outputs: Float32Array,
  targets: ArrayLike<number>,
  classes: number,
  from = 0,
): number {
  let right = 0;
  for (let row = from; row < targets.length; row += 1) {
    const logits = outputs.subarray(row * classes, (row + 1) * classes);
    if (logits.indexOf(Math.max(...logits)) === targets[row]) right += 1;
  }
  return right / (targets.length - from);
}

/** The mean of (y − τ)², from element `from` on. */
export function squaredError(outputs: Float32Array, targets: ArrayLike<number>, from = 0): number {
  let sum = 0;
  for (let index = from; index < targets.length; index += 1) sum += (outputs[index]! - targets[index]!) ** 2;
  return sum / (targets.length - from);
}
