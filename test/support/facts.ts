/** Small models and examples for facts that the reference must show. */
import { expect } from 'vitest';
import type { Examples, ModelConfiguration, RecurrentLayerConfiguration } from '../../gpu/index.ts';
import { parameterLayout, parameterView } from '../../gpu/model/parameters.ts';
import {
  referenceExamine,
  type ReferenceExamination,
  type ReferenceRequest,
} from '../../gpu/reference/oracle.ts';
import { randomParameters } from './problem.ts';
import { RandomSource } from './random.ts';

export const [T, B, I, H, O] = [5, 3, 2, 3, 2];
export const CELLS: readonly RecurrentLayerConfiguration[] = [
  { cell: 'rnn', hiddenSize: H },
  { cell: 'rnn', hiddenSize: H, activation: 'relu' },
  { cell: 'lstm', hiddenSize: H },
  { cell: 'lstm', hiddenSize: H, peepholes: true },
  { cell: 'gru', hiddenSize: H },
];
/** With peepholes. */
export const LSTM = CELLS[3]!;
export const TRAINING = { seed: 7 };

export function modelOf(
  layers: readonly RecurrentLayerConfiguration[],
  rest: Partial<ModelConfiguration> = {},
): ModelConfiguration {
  return { inputSize: I, layers, outputSize: O, ...rest };
}

export function parametersOf(model: ModelConfiguration, seed = 1): Float32Array {
  return randomParameters(new RandomSource(seed), model);
}

/** A parameter's values, which share the memory of all. */
export function view(model: ModelConfiguration, parameters: Float32Array, name: string): Float32Array {
  const { offset, length } = parameterView(parameterLayout(model), name);
  return parameters.subarray(offset, offset + length);
}

/** T = 5, B = 3 and random numbers; targets that do not matter. */
export function examplesOf(part: Partial<Examples> = {}): Examples {
  const random = new RandomSource(2);
  const { steps = T, count = B } = part;
  return {
    count,
    steps,
    inputs: random.normals(steps * count * I),
    targets: new Float32Array(steps * count * O),
    ...part,
  };
}

export function run(
  model: ModelConfiguration,
  examples: Examples,
  request: ReferenceRequest = {},
  parameters = parametersOf(model),
): ReferenceExamination {
  return referenceExamine(model, TRAINING, parameters, examples, request);
}

/** Time step t of row b of `[T, B, width]`. */
export function at(sequence: ArrayLike<number>, t: number, b: number, width: number): number[] {
  const first = (t * B + b) * width;
  return Array.from({ length: width }, (_, index) => sequence[first + index]!);
}

export function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  Array.from(actual).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 13));
}

/** Some time steps of some rows of `[T, B, width]`. */
export function cut(
  sequence: Float32Array,
  width: number,
  times: readonly number[],
  rows: readonly number[],
): Float32Array {
  return Float32Array.from(times.flatMap((t) => rows.flatMap((b) => at(sequence, t, b, width))));
}

export const steps = (count: number): number[] => Array.from({ length: count }, (_, t) => t);
