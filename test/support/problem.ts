/** Random models and sequences for comparisons: everything is a float32 number, so that both engines read the same. */
import type { ModelConfiguration } from '../../gpu/model/configuration.ts';
import { parameterLayout } from '../../gpu/model/parameters.ts';
import type { RandomSource } from './random.ts';

export interface Problem {
  readonly model: ModelConfiguration;
  readonly steps: number;
  readonly batch: number;
  readonly parameters: Float32Array;
  /** `[T, B, I]` */
  readonly inputs: Float32Array;
  /** `[T, B, O]` */
  readonly targets: Float32Array;
  /** `[T, B, O]`: a gradient of the outputs that no loss function makes, so that no two errors cancel. */
  readonly dOutputs: Float32Array;
  /** Per layer one `[B, H]` per state. */
  readonly initialStates: readonly (readonly Float32Array[])[];
  readonly dFinalStates: readonly (readonly Float32Array[])[];
}

/** T, B, I, O and the H of each layer. */
export interface Shape {
  readonly steps: number;
  readonly batch: number;
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
}

/** @param states of the cell, such as 1 for rnn. */
export function randomProblem(random: RandomSource, cell: string, states: number, shape: Shape): Problem {
  const { steps, batch, inputSize, hiddenSizes, outputSize } = shape;
  const layers = hiddenSizes.map((hiddenSize) => ({ cell, hiddenSize }));
  const model: ModelConfiguration = { inputSize, layers, outputSize };
  const perLayer = (): Float32Array[][] =>
    hiddenSizes.map((size) => Array.from({ length: states }, () => random.normals(batch * size, 0.5)));
  return {
    model,
    steps,
    batch,
    parameters: randomParameters(random, model),
    inputs: random.normals(steps * batch * inputSize),
    targets: random.normals(steps * batch * outputSize),
    dOutputs: random.normals(steps * batch * outputSize),
    initialStates: perLayer(),
    dFinalStates: perLayer(),
  };
}

/** Matrices normal with deviation 1/√rows, vectors with 0.3; gaps 0. No parameter is 0. */
export function randomParameters(random: RandomSource, model: ModelConfiguration): Float32Array {
  const layout = parameterLayout(model);
  const parameters = new Float32Array(layout.length);
  for (const { shape, offset, length } of layout.views) {
    const deviation = shape.length === 2 ? 1 / Math.sqrt(shape[0]!) : 0.3;
    parameters.set(random.normals(length, deviation), offset);
  }
  return parameters;
}

/** Sizes of 1, odd ones, and some beyond four: for oracles, which need no large ones. */
export function smallShape(random: RandomSource, layers: number): Shape {
  const size = (): number => random.pick([1, 2, 3, 5, 7]);
  return {
    steps: random.pick([1, 2, 3, 7]),
    batch: random.pick([1, 2, 3]),
    inputSize: size(),
    hiddenSizes: Array.from({ length: layers }, size),
    outputSize: random.pick([1, 2, 3]),
  };
}
