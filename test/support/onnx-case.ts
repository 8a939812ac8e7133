/** Random stacks for onnxruntime, and their comparison with a run of the same model. */
import type {
  ExampleSet,
  Examination,
  ModelConfiguration,
  RecurrentLayerConfiguration,
  RunConfiguration,
} from '../../gpu/index.ts';
import { parameterLayout, parameterView } from '../../gpu/model/parameters.ts';
import { layerWidth, stackWidth } from '../../gpu/model/shape.ts';
import { expectForwardClose } from './compare.ts';
import { askOnnx, type Direction, type OnnxQuestion, onnxQuestion } from './onnx.ts';
import { randomParameters } from './problem.ts';
import type { RandomSource } from './random.ts';

export interface OnnxCase {
  readonly configuration: RunConfiguration;
  readonly parameters: Float32Array;
  readonly examples: ExampleSet;
  /** Per layer `[S][N, H]`, those of a reverse direction last. */
  readonly initialStates: readonly Float32Array[];
  /** What ONNX runs; both directions of a bidirectional model are compared where it is `bidirectional`. */
  readonly direction: Direction;
}

export interface OnnxSizes {
  readonly steps: number;
  readonly batch: number;
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  readonly lengths: boolean;
}

/** Sizes of 1, odd ones, and some beyond a tile; a single direction of a stack is a single layer. */
export function randomSizes(random: RandomSource): OnnxSizes {
  return {
    steps: random.pick([1, 2, 5, 9]),
    batch: random.pick([1, 2, 3, 9]),
    inputSize: random.pick([1, 3, 8, 17]),
    hiddenSizes: [random.pick([1, 2, 5, 19, 33])],
    lengths: random.uniform() < 0.7,
  };
}

/** A model whose outputs are its top layer's own: the head is the identity. */
export function onnxCase(
  random: RandomSource,
  cell: Omit<RecurrentLayerConfiguration, 'hiddenSize'>,
  direction: Direction,
  { steps, batch, inputSize, hiddenSizes, lengths }: OnnxSizes,
): OnnxCase {
  const bidirectional = direction !== 'forward';
  const layers = hiddenSizes.map((hiddenSize) => ({ ...cell, hiddenSize, bidirectional }));
  const outputSize = layerWidth(layers.at(-1)!);
  const model: ModelConfiguration = { inputSize, layers, outputSize };
  const states = (cell.cell === 'lstm' ? 2 : 1) * (bidirectional ? 2 : 1);
  return {
    configuration: { model, training: trainingOf(batch, steps) },
    parameters: withIdentityHead(model, randomParameters(random, model)),
    examples: {
      kind: 'examples',
      count: batch,
      steps,
      inputs: random.normals(steps * batch * inputSize),
      targets: new Float32Array(steps * batch * outputSize),
      ...(lengths ? { lengths: Uint32Array.from({ length: batch }, () => random.integer(1, steps)) } : {}),
    },
    initialStates: hiddenSizes.map((hiddenSize) => random.normals(states * batch * hiddenSize, 0.5)),
    direction,
  };
}

/**
 * Outputs and final states of the same stack in onnxruntime, each layer a node that reads what the one below gave.
 * @param change of what a layer's node is asked: how a test makes a mistake.
 * @throws Error where they differ from the examination's.
 */
export async function expectAsOnnx(
  actual: Examination,
  { configuration, parameters, examples, initialStates, direction }: OnnxCase,
  change: (question: OnnxQuestion) => OnnxQuestion = (question) => question,
): Promise<void> {
  const { model } = configuration;
  const { count: batch, steps, lengths } = examples;
  const top = model.layers.length - 1;
  let inputs = examples.inputs as Float32Array;
  for (const [layer, { hiddenSize: H, cell, bidirectional }] of model.layers.entries()) {
    const initial = initialStates[layer]!;
    const { Y, Y_h, Y_c } = await askOnnx(
      change(
        onnxQuestion({
          model,
          parameters,
          layer,
          direction,
          steps,
          batch,
          inputs,
          lengths,
          initialStates: initial,
        }),
      ),
    );
    const states = cell === 'lstm' ? [Y_h, Y_c!] : [Y_h];
    const plane = batch * H;
    const planes = (values: Float32Array, index: number): Float32Array =>
      values.subarray(index * plane, (index + 1) * plane);
    const sets = { forward: [0], reverse: [1], bidirectional: [0, 1] }[direction];
    sets.forEach((set, d) => {
      states.forEach((expected, s) =>
        expectForwardClose(
          planes(actual.finalStates[layer]!, set * states.length + s),
          planes(expected, d),
          `final ${'hc'[s]} of layer ${layer}, direction ${set}`,
        ),
      );
      if (layer < top) return;
      const width = bidirectional ? 2 * H : H;
      expectForwardClose(
        columns(actual.outputs, width, set * H, H),
        onlyDirection(Y, sets.length, plane, d),
        `outputs, direction ${set}`,
      );
    });
    inputs = sideBySide(Y, sets.length, steps, batch, H);
  }
}

/** Columns of a matrix with rows of `width`. */
function columns(values: Float32Array, width: number, from: number, count: number): Float32Array {
  return values.filter((_, index) => index % width >= from && index % width < from + count);
}

/** `[T, D, plane]` to the `[T, plane]` of one direction. */
function onlyDirection(Y: Float32Array, directions: number, plane: number, direction: number): Float32Array {
  return Y.filter((_, index) => Math.floor(index / plane) % directions === direction);
}

/** `[T, D, B, H]` to `[T, B, D·H]`. */
function sideBySide(Y: Float32Array, D: number, T: number, B: number, H: number): Float32Array {
  const result = new Float32Array(Y.length);
  for (let t = 0; t < T; t += 1)
    for (let d = 0; d < D; d += 1)
      for (let b = 0; b < B; b += 1) {
        const from = ((t * D + d) * B + b) * H;
        result.set(Y.subarray(from, from + H), ((t * B + b) * D + d) * H);
      }
  return result;
}

function withIdentityHead(model: ModelConfiguration, parameters: Float32Array): Float32Array {
  const layout = parameterLayout(model);
  const [U, d] = ['readout.U', 'readout.d'].map((name) => parameterView(layout, name));
  parameters.fill(0, U!.offset, U!.offset + U!.length);
  parameters.fill(0, d!.offset, d!.offset + d!.length);
  const width = stackWidth(model);
  for (let unit = 0; unit < width; unit += 1) parameters[U!.offset + unit * (width + 1)] = 1;
  return parameters;
}

/** Nothing is trained. */
function trainingOf(batchSize: number, sequenceLength: number): RunConfiguration['training'] {
  return {
    batchSize,
    sequenceLength,
    optimizer: { algorithm: 'sgd', learningRate: 0.1 },
    clipNorm: null,
    initializer: 'glorot',
    seed: 1,
  };
}
