/** Where a run's batches come from: the data on the GPU, and the recordings that fill a batch from them. */
import type { BufferSizes } from '../device/buffers.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import {
  recordBeginStates,
  recordGatherExamples,
  recordGatherStream,
  recordGatherWindows,
  recordKeepStates,
} from '../layers/data.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { ExampleSet, StreamSet, TrainingData, WindowedSeries } from '../model/engine.ts';
import { directionsOf, type Network, type NetworkUse, type UseOptions } from '../model/network.ts';
import type { NamedBuffers } from '../model/stack.ts';
import { segmentsOf } from '../model/recomputation.ts';
import { isSeries } from '../model/validate-requests.ts';
import { conditionsOf, dataSizes, fieldsOf } from './fields.ts';

/** What the data say of how the network is run. */
export function dataOptions(data: TrainingData): Partial<UseOptions> {
  if (isSeries(data)) return {};
  return { ...conditionsOf(data), givenStates: data.kind === 'streams' };
}

/** The buffers that hold the data. */
export function dataBufferSizes({ model }: RunConfiguration, data: TrainingData): BufferSizes {
  if (isSeries(data)) {
    return { series: data.values.length, starts: data.trainingStarts.length };
  }
  const begins = data.kind === 'streams' && data.begins ? { begins: data.begins.length } : {};
  return { ...dataSizes(fieldsOf(model, data)), ...begins };
}

/** What is written into them. */
export function dataContents(
  { model }: RunConfiguration,
  data: TrainingData,
): [string, Float32Array | Uint32Array][] {
  if (isSeries(data)) {
    return [
      ['series', data.values],
      ['starts', data.trainingStarts],
    ];
  }
  const fields = fieldsOf(model, data).map(({ name, values }): [string, Float32Array | Uint32Array] => [
    `data.${name}`,
    values,
  ]);
  return data.kind === 'streams' && data.begins ? [...fields, ['begins', data.begins]] : fields;
}

/** Fills the batch of the iteration that `control` counts. */
export function recordBatch(
  family: KernelFamily,
  network: Network,
  configuration: RunConfiguration,
  use: NetworkUse,
  data: TrainingData,
  buffers: NamedBuffers,
): Recording[] {
  if (isSeries(data)) return [windowsBatch(family, configuration, use, data, buffers)];
  if (data.kind === 'examples') return examplesBatch(family, configuration, use, data, buffers);
  return streamsBatch(family, network, use, data, buffers);
}

function windowsBatch(
  family: KernelFamily,
  { model, training }: RunConfiguration,
  { batch, steps }: NetworkUse,
  { trainingStarts }: WindowedSeries,
  buffers: NamedBuffers,
): Recording {
  return recordGatherWindows(family, {
    series: buffers['series']!,
    starts: buffers['starts']!,
    control: buffers['control']!,
    inputs: buffers['inputs']!,
    targets: buffers['targets']!,
    batch,
    steps,
    features: model.inputSize,
    draw: { seed: training.seed, count: trainingStarts.length },
  });
}

function examplesBatch(
  family: KernelFamily,
  { model, training }: RunConfiguration,
  { batch }: NetworkUse,
  examples: ExampleSet,
  buffers: NamedBuffers,
): Recording[] {
  const draw = { seed: training.seed, control: buffers['control']! };
  return fieldsOf(model, examples).map(({ name, steps, fillSteps, width }) =>
    recordGatherExamples(family, {
      from: buffers[`data.${name}`]!,
      to: buffers[name]!,
      count: examples.count,
      width,
      steps,
      fillSteps,
      batch,
      draw,
    }),
  );
}

function streamsBatch(
  family: KernelFamily,
  network: Network,
  use: NetworkUse,
  streams: StreamSet,
  buffers: NamedBuffers,
): Recording[] {
  const { batch, steps } = use;
  const windows = Math.floor(streams.steps / steps);
  const gathered = fieldsOf(network.model, streams).map(({ name, width }) =>
    recordGatherStream(family, {
      from: buffers[`data.${name}`]!,
      to: buffers[name]!,
      width,
      steps,
      batch,
      windows,
      control: buffers['control']!,
    }),
  );
  return [...gathered, ...beginWindows(family, network, use, buffers, windows)];
}

/** Where a window's initial states lie: in `.states` of the whole window, or in `.kept` of its segments. */
function heldStates(use: NetworkUse): { name: 'states' | 'kept'; slots: number } {
  if (use.held === use.steps) return { name: 'states', slots: use.slots };
  return { name: 'kept', slots: segmentsOf(use).length + 1 };
}

function beginWindows(
  family: KernelFamily,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  windows: number,
): Recording[] {
  const { name, slots } = heldStates(use);
  return directionsOf(main).map(({ key, cell, hiddenSize }) =>
    recordBeginStates(family, {
      carried: buffers[`${key}.carried`]!,
      states: buffers[`${key}.${name}`]!,
      planes: cell.states.length,
      slots,
      batch: use.batch,
      hiddenSize,
      begins: buffers['begins'] ?? null,
      windows,
      control: buffers['control']!,
    }),
  );
}

/** The states that a window ends with, `l0.carried` [S][B, H], from which the next one begins. */
export function carriedSizes({ main }: Network, { batch }: NetworkUse): BufferSizes {
  return Object.fromEntries(
    directionsOf(main).map(({ key, cell, hiddenSize }) => [
      `${key}.carried`,
      cell.states.length * batch * hiddenSize,
    ]),
  );
}

/** Puts the final states by for the next window; those of a refused iteration are not wanted. */
export function recordCarry(
  family: KernelFamily,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const { name, slots } = heldStates(use);
  return directionsOf(main).map(({ key, cell, hiddenSize }) =>
    recordKeepStates(family, {
      carried: buffers[`${key}.carried`]!,
      states: buffers[`${key}.${name}`]!,
      planes: cell.states.length,
      slots,
      batch: use.batch,
      hiddenSize,
      control: buffers['control']!,
    }),
  );
}
