/** One recurrent layer by itself on the GPU, with any option, from random numbers. */
import { type CellDescription } from '../../gpu/cells/cell.ts';
import type { Recurrence } from '../../gpu/kernels/choice.ts';
import type { Recording } from '../../gpu/kernels/plan.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { Place } from '../../gpu/layers/context.ts';
import { halvesLength, recordHalves } from '../../gpu/layers/halves.ts';
import { recordProduct } from '../../gpu/layers/linear.ts';
import * as recurrent from '../../gpu/layers/recurrent.ts';
import { type Mutation, runRecordings } from './gpu.ts';
import type { RandomSource } from './random.ts';

export interface LayerSize {
  readonly steps: number;
  readonly batch: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
}

export interface LayerProblem extends LayerSize {
  readonly cell: CellDescription;
  readonly parameters: Float32Array;
  /** `[T, B, I]` */
  readonly inputs: Float32Array;
  /** `[S][B, H]` */
  readonly initialStates: Float32Array;
  /** `[T, B, H]` */
  readonly dOutputs: Float32Array;
  /** `[S][B, H]` */
  readonly dFinalStates: Float32Array;
}

/** How the layer is run; what is left out is not used. */
export interface LayerOptions {
  readonly recurrence?: Recurrence;
  readonly reverse?: boolean;
  readonly lengths?: Uint32Array;
  readonly dropout?: {
    readonly rate: number;
    readonly perSequence: boolean;
    readonly place: number;
    readonly seed: number;
    readonly iteration: number;
  };
  /** `[G + S][H]` */
  readonly forced?: Float32Array;
  /** The input sums come from `inputSums` over all time steps. */
  readonly hoisted?: boolean;
  /** Parameters and h are rounded to 16 bits. */
  readonly halves?: boolean;
  readonly firstTime?: number;
  /** The gradients of the final states are those of the problem, and not 0. */
  readonly givesFinal?: boolean;
  /** Goes on from the sweep over later time steps whose results these are. */
  readonly continues?: LayerResult;
}

export interface LayerResult {
  /** `[S][T + 1, B, H]`, with a plane more where h is dropped. */
  readonly states: Float32Array;
  /** `[T, B, SAVED, H]` */
  readonly saved: Float32Array;
  /** `[T, B, D]` */
  readonly dSums: Float32Array;
  /** `[S][B, H]` after the sweep, and after what came back through W was added. */
  readonly dStates: Float32Array;
  readonly dInitialStates: Float32Array;
  /** `[T, B, H]`: the whole gradient of each h. */
  readonly dHidden: Float32Array;
  /** `[T, B, I]` */
  readonly dInputs: Float32Array;
  /** In the places of the parameters. */
  readonly gradients: Float32Array;
}

/** Places of a layer's parameters, W, b and the own vectors one after the other, and their number. */
export function layerOf(
  { cell, inputSize, hiddenSize }: LayerProblem,
  reverse = false,
): recurrent.RecurrentLayer & { length: number } {
  const columns = cell.gates.length * hiddenSize;
  const bias = (inputSize + hiddenSize) * columns;
  const vectors = bias + columns;
  const length = vectors + cell.vectors.length * hiddenSize;
  return {
    cell,
    inputSize,
    hiddenSize,
    reverse,
    weights: 0,
    bias,
    vectors,
    vectorStride: hiddenSize,
    length,
  };
}

export function randomLayer(random: RandomSource, cell: CellDescription, size: LayerSize): LayerProblem {
  const { steps, batch, inputSize, hiddenSize } = size;
  const columns = cell.gates.length * hiddenSize;
  const rows = inputSize + hiddenSize;
  const weights = random.normals(rows * columns, 1 / Math.sqrt(rows));
  const others = random.normals(columns + cell.vectors.length * hiddenSize, 0.3);
  const plane = batch * hiddenSize;
  return {
    ...size,
    cell,
    parameters: Float32Array.from([...weights, ...others]),
    inputs: random.normals(steps * batch * inputSize),
    initialStates: random.normals(cell.states.length * plane, 0.5),
    dOutputs: random.normals(steps * plane),
    dFinalStates: random.normals(cell.states.length * plane),
  };
}

/** Forward, backward, and the gradients of the initial states and of the inputs. */
export async function runLayer(
  problem: LayerProblem,
  family: KernelFamily,
  options: LayerOptions = {},
  mutate?: Mutation,
): Promise<LayerResult> {
  const { steps, batch, inputSize, hiddenSize, cell } = problem;
  const { reverse = false, lengths, dropout, forced, hoisted = false, firstTime = 0, continues } = options;
  const { halves: isRounded = false } = options;
  const layer = layerOf(problem, reverse);
  const rows = steps * batch;
  const plane = batch * hiddenSize;
  const slots = steps + 1;
  const sizes = {
    parameters: layer.length,
    gradients: layer.length,
    inputs: rows * inputSize,
    sums: rows * cell.gates.length * hiddenSize,
    states: recurrent.stateLength(layer, batch, slots, dropout !== undefined),
    saved: rows * cell.saved * hiddenSize,
    dh: rows * hiddenSize,
    dStates: cell.states.length * plane,
    dInitialStates: cell.states.length * plane,
    dSums: rows * recurrent.dSumsStride(layer),
    dInputs: rows * inputSize,
    lengths: batch,
    control: 8,
    one: 1,
    forced: (cell.gates.length + cell.states.length) * hiddenSize,
    halves: halvesLength(layer.length),
    rounded: layer.length,
    recent: 2 * plane,
    ...(options.recurrence === 'unfused'
      ? {
          ...recurrent.unfusedSizes(layer, { batch, held: steps, hoisted }),
          ...recurrent.unfusedGradientSizes(layer, { batch, hoisted }),
        }
      : {}),
  };
  const states = new Float32Array(sizes.states).fill(NaN);
  for (let s = 0; s < cell.states.length; s += 1) {
    const initial = problem.initialStates.subarray(s * plane, (s + 1) * plane);
    states.set(initial, (s * slots + (reverse ? steps : 0)) * plane);
  }
  const dSums = new Float32Array(sizes.dSums).fill(NaN);
  if (continues) dSums.set(continues.dSums.subarray(0, batch * recurrent.dSumsStride(layer)));
  const dFinal = continues?.dStates ?? (options.givesFinal ? problem.dFinalStates : undefined);
  const record = (buffers: Readonly<Record<string, GPUBuffer>>): Recording[] => {
    const place = (name: string): Place => ({ buffer: buffers[name]!, at: 0 });
    const own = { halves: buffers['halves']!, rounded: buffers['rounded']! };
    const read = isRounded
      ? { parameters: own.rounded, halves: own.halves }
      : { parameters: buffers['parameters']! };
    const context = { family, ...read, gradients: buffers['gradients']! };
    const at: recurrent.ForwardBuffers = {
      recurrence: options.recurrence ?? 'steps',
      ...(hoisted ? { sums: place('sums') } : {}),
      ...(options.recurrence === 'unfused' ? { unfused: buffers } : {}),
      input: place('inputs'),
      states: buffers['states']!,
      saved: buffers['saved']!,
      batch,
      slots,
      firstTime,
      ...(lengths ? { lengths: buffers['lengths']! } : {}),
      ...(dropout ? { dropout: { ...dropout, control: buffers['control']! } } : {}),
      ...(forced ? { forced: buffers['forced']! } : {}),
      ...(isRounded && !dropout ? { recent: buffers['recent']! } : {}),
    };
    const d = {
      dOutputs: place('dh'),
      dStates: buffers['dStates']!,
      dSums: buffers['dSums']!,
      keepGradients: true,
      dInput: place('dInputs'),
    };
    const first = reverse ? steps - 1 : 0;
    return [
      ...(isRounded ? [recordHalves(family, buffers['parameters']!, own, layer.length)] : []),
      ...(hoisted ? [recurrent.recordInputSums(context, layer, rows, at.input, place('sums'))] : []),
      ...(dropout || isRounded ? [recurrent.recordTakeInitial(context, layer, at, first, first)] : []),
      ...recurrent.forward(context, layer, at, { first: 0, slot: 0, steps }),
      ...recurrent.backward(context, layer, at, d, steps, {
        finalStates: dFinal ? 'given' : 'zero',
        continues: continues !== undefined,
        accumulate: continues !== undefined,
      }),
      copy(family, place('dStates'), place('one'), place('dInitialStates'), sizes.dStates),
      recurrent.initialStateGradient(context, layer, at, { ...d, dStates: buffers['dInitialStates']! }),
    ];
  };
  const results = await runRecordings(
    sizes,
    {
      parameters: problem.parameters,
      inputs: problem.inputs,
      states,
      dh: problem.dOutputs,
      dSums,
      one: Float32Array.of(1),
      ...(dFinal ? { dStates: dFinal } : {}),
      ...(continues ? { gradients: continues.gradients } : {}),
      ...(lengths ? { lengths } : {}),
      ...(dropout ? { control: Uint32Array.of(dropout.iteration, 0, 0, 0, 0, 0, 0, 0) } : {}),
      ...(forced ? { forced } : {}),
    },
    record,
    mutate,
  );
  return {
    states: results['states']!,
    saved: results['saved']!,
    dSums: results['dSums']!,
    dStates: results['dStates']!,
    dInitialStates: results['dInitialStates']!,
    dHidden: results['dh']!,
    dInputs: results['dInputs']!,
    gradients: results['gradients']!,
  };
}

/** Times one, since a recorded plan has no copies. */
function copy(family: KernelFamily, from: Place, one: Place, to: Place, length: number): Recording {
  return recordProduct(
    family,
    [length, 1, 1],
    { ...from, rowStride: 1, innerStride: 1 },
    { ...one, innerStride: 1, columnStride: 1 },
    { ...to, rowStride: 1 },
  );
}
