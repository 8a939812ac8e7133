/** Random examples for TensorFlow.js, and the comparison of an examination with it. */
import type {
  Examples,
  ExampleSet,
  ModelConfiguration,
  RunConfiguration,
  TrainingRun,
} from '../../gpu/index.ts';
import { directedLayers, parameterLayout, parameterView } from '../../gpu/model/parameters.ts';
import { outputSteps } from '../../gpu/model/shape.ts';
import { trainingBatch } from '../../gpu/reference/batch.ts';
import { referenceExamine } from '../../gpu/reference/oracle.ts';
import { expectForwardClose, expectGradientClose } from './compare.ts';
import type { RandomSource } from './random.ts';
import type { TensorflowModel } from './tensorflow.ts';

/** A model with parameters, and what it reads. */
export interface TensorflowCase {
  readonly configuration: RunConfiguration;
  readonly examples: ExampleSet;
  readonly parameters: Float32Array;
}

/** Past the end of a sequence the inputs are random too: they must not matter. A mask is of zeros and ones. */
export function randomExamples(
  random: RandomSource,
  model: ModelConfiguration,
  wanted: {
    readonly count: number;
    readonly steps: number;
    readonly lengths: boolean;
    readonly masked: boolean;
  },
): ExampleSet {
  const { count, steps, lengths, masked } = wanted;
  const rows = steps * count;
  const outputs = outputSteps(model, steps) * count;
  const tokens = (length: number, lowest: number, highest: number): Uint32Array =>
    Uint32Array.from({ length }, () => random.integer(lowest, highest));
  // Where there are lengths, TensorFlow.js takes an embedded token of 0 for padding.
  const lowest = lengths && model.input?.kind === 'embedding' ? 1 : 0;
  return {
    kind: 'examples',
    count,
    steps,
    inputs:
      model.input && model.input.kind !== 'values'
        ? tokens(rows, lowest, model.inputSize - 1)
        : random.normals(rows * model.inputSize),
    targets:
      model.head === 'softmax'
        ? tokens(outputs, 0, model.outputSize - 1)
        : random.normals(outputs * model.outputSize),
    ...(lengths ? { lengths: tokens(count, 1, steps) } : {}),
    // The first step of all counts, so that no batch is without any cost.
    ...(masked
      ? { mask: Float32Array.from(tokens(outputs, 0, 1), (one, row) => (row < count ? 1 : one)) }
      : {}),
  };
}

function floats(values: Float64Array | Uint32Array): Float32Array | Uint32Array {
  return values instanceof Uint32Array ? values : Float32Array.from(values);
}

/** What an iteration reads, counted from 0. */
export function drawn({ configuration, examples }: TensorflowCase, iteration: number): Examples {
  const { model, training } = configuration;
  const batch = trainingBatch(model, training, examples, iteration);
  return {
    count: batch.batch,
    steps: batch.steps,
    inputs: floats(batch.inputs),
    targets: floats(batch.targets),
    ...(examples.lengths ? { lengths: Uint32Array.from(batch.lengths!) } : {}),
    ...(examples.mask ? { mask: Float32Array.from(batch.mask!) } : {}),
  };
}

/** Values of a parameter's gradient, as they are to be compared. */
export type Folding = (name: string, values: ArrayLike<number>) => Float64Array;

/** Outputs, and the gradient of every parameter that TensorFlow.js has. */
export async function expectSameExamination(
  run: TrainingRun,
  network: TensorflowModel,
  { configuration, examples, parameters }: TensorflowCase,
  fold: Folding = (_, values) => Float64Array.from(values),
): Promise<void> {
  const { model, training } = configuration;
  const { outputs, gradient } = await run.examine(examples, { gradient: true });
  expectForwardClose(outputs, network.outputs(examples), 'outputs');
  const terms = referenceExamine(model, training, parameters, examples, { gradient: true }).gradient!;
  const layout = parameterLayout(model);
  for (const [name, expected] of network.gradient(examples)) {
    const { offset, length } = parameterView(layout, name);
    expectGradientClose(
      fold(name, gradient!.subarray(offset, offset + length)),
      {
        values: fold(name, expected),
        magnitude: fold(name, terms.magnitude.subarray(offset, offset + length)),
      },
      `gradient of ${name}`,
    );
  }
}

/**
 * All units of a GRU's layer get one reset gate, and no second bias. Then `(r∘h)·U = r∘(h·U)`: both variants of the GRU
 * are the same function, and as r is one parameter shared by the units, so are the sums of its gradients over them.
 */
export function withEqualResets(model: ModelConfiguration, parameters: Float32Array): Float32Array {
  const layout = parameterLayout(model);
  const result = parameters.slice();
  for (const { name, hiddenSize } of directedLayers(model)) {
    for (const parameter of ['W', 'b']) {
      const { offset, length } = parameterView(layout, `${name}.${parameter}`);
      for (let row = offset; row < offset + length; row += 3 * hiddenSize) {
        result.fill(result[row]!, row, row + hiddenSize);
      }
    }
    const { offset, length } = parameterView(layout, `${name}.bn`);
    result.fill(0, offset, offset + length);
  }
  return result;
}

/** Of W and b of a GRU, the columns of r summed over the units; the others as they are. */
export function summedResets(model: ModelConfiguration): Folding {
  return (name, values) => {
    const layer = directedLayers(model).find((one) => name === `${one.name}.W` || name === `${one.name}.b`);
    const folded = Float64Array.from(values);
    if (!layer) return folded;
    const { hiddenSize } = layer;
    for (let row = 0; row < folded.length; row += 3 * hiddenSize) {
      const resets = folded.subarray(row, row + hiddenSize);
      const sum = resets.reduce((total, value) => total + value, 0);
      resets.fill(0);
      resets[0] = sum;
    }
    return folded;
  };
}
