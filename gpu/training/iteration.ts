/** One training iteration as a list of dispatches: batch, forward, loss, backward, norm, decision, update. */
import type { BufferSizes } from '../device/buffers.ts';
import { asPart, type PartRecording, type Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { GradientContext, LayerContext, Place } from '../layers/context.ts';
import { PARTIALS_LENGTH, recordLoss, recordWeights } from '../layers/loss.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { TrainingData } from '../model/engine.ts';
import {
  backwardSizes,
  forwardSizes,
  isWeighted,
  keptSizes,
  lossSizes,
  type Network,
  type NetworkUse,
  outputsOf,
  readsFinal,
  useOf,
} from '../model/network.ts';
import { recordBackward } from '../model/network-backward.ts';
import { recordForward } from '../model/network-forward.ts';
import { optimizerSlots } from '../model/optimizer.ts';
import { recordRecomputed, segmentsOf } from '../model/recomputation.ts';
import { layerContext } from '../model/rounding.ts';
import { outputWidth } from '../model/shape.ts';
import type { NamedBuffers, Stack } from '../model/stack.ts';
import { type Span, wholeSpan } from '../model/stack-forward.ts';
import { carriedSizes, dataBufferSizes, dataOptions, recordBatch, recordCarry } from './batch.ts';
import { CONTROL_WORDS, recordUpdate, RECORDS, SETTINGS_WORDS } from './update.ts';

/** How the network is run in training. */
export function trainingUse(
  network: Network,
  { training, kernels = {} }: RunConfiguration,
  data: TrainingData,
): NetworkUse {
  const { batchSize: batch, sequenceLength: steps, keepEvery = steps, seed } = training;
  const drops = [network.main, network.encoder].some((stack) => stack !== null && dropsAnything(stack));
  return useOf(network, {
    batch,
    steps,
    held: keepEvery,
    costSteps: training.costSteps ?? null,
    dropSeed: drops ? seed : null,
    kernels,
    ...dataOptions(data),
  });
}

function dropsAnything({ dropout: { input, between, output, recurrent } }: Stack): boolean {
  return [input, between, output, recurrent].some((rate) => rate !== undefined && rate > 0);
}

/** What belongs to the run whatever it computes: parameters, optimiser, decision and data. */
export function sharedSizes(
  network: Network,
  configuration: RunConfiguration,
  data: TrainingData,
): BufferSizes {
  const { length } = network.layout;
  return {
    parameters: length,
    slots: optimizerSlots(configuration.training.optimizer).length * length,
    control: CONTROL_WORDS + 2 * RECORDS,
    settings: SETTINGS_WORDS,
    ...dataBufferSizes(configuration, data),
  };
}

/** What training alone needs: activations, gradients and targets. */
export function trainingSizes(network: Network, use: NetworkUse, data: TrainingData): BufferSizes {
  return {
    ...(data.kind === 'streams' ? carriedSizes(network, use) : {}),
    ...forwardSizes(network, use),
    ...lossSizes(network, use),
    ...backwardSizes(network, use),
    ...(use.held < use.steps ? keptSizes(network, use, segmentsOf(use).length + 1) : {}),
    gradients: network.layout.length,
    partials: PARTIALS_LENGTH,
  };
}

/** Outputs to loss, over the time steps of a span. */
function recordSpanLoss(
  family: KernelFamily,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  span: Span,
  continues: boolean,
): PartRecording[] {
  const { model } = network;
  const totalSteps = outputsOf(network, use.steps);
  const first = readsFinal(network) ? 0 : span.time * use.batch;
  const held = readsFinal(network) ? 0 : span.index * use.batch;
  const width = outputWidth(model);
  const place = (name: string): Place => ({ buffer: buffers[name]!, at: held * width });
  const loss = recordLoss(family, {
    head: model.head ?? 'linear',
    outputs: place('outputs'),
    dOutputs: place('dOutputs'),
    targets: { buffer: buffers['targets']!, at: 0 },
    rows: outputsOf(network, span.steps) * use.batch,
    firstRow: first,
    totalRows: totalSteps * use.batch,
    width,
    ...(isWeighted(network, use) ? { weights: buffers['weights']! } : {}),
    partials: buffers['partials']!,
    accumulate: continues,
  });
  return asPart('loss', [...(continues ? [] : outputWeights(network, use, buffers, totalSteps)), loss]);
}

function outputWeights(network: Network, use: NetworkUse, buffers: NamedBuffers, steps: number): Recording[] {
  if (!isWeighted(network, use)) return [];
  const { from, to } = use.costSteps ?? { from: 0, to: steps };
  return [
    recordWeights({
      steps,
      batch: use.batch,
      from,
      to,
      ...(use.masked ? { mask: buffers['mask']! } : {}),
      ...(use.lengths && !readsFinal(network) ? { lengths: buffers['lengths']! } : {}),
      weights: buffers['weights']!,
    }),
  ];
}

/** From inputs and targets to the loss and the gradient of every parameter. */
export function recordGradient(
  context: GradientContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): PartRecording[] {
  const loss = (span: Span, continues: boolean): PartRecording[] =>
    recordSpanLoss(context.family, network, use, buffers, span, continues);
  if (use.held < use.steps) return recordRecomputed(context, network, use, buffers, loss);
  return [
    ...asPart('forward', recordForward(context, network, use, buffers)),
    ...loss(wholeSpan(use), false),
    ...asPart('backward', recordBackward(context, network, use, buffers)),
  ];
}

/** The loss alone. */
export function recordLossOnly(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return [
    ...recordForward(context, network, use, buffers),
    ...recordSpanLoss(context.family, network, use, buffers, wholeSpan(use), false),
  ];
}

/** The whole iteration. `buffers` holds those of `sharedSizes` and `trainingSizes`. */
export function recordIteration(
  family: KernelFamily,
  network: Network,
  configuration: RunConfiguration,
  data: TrainingData,
  buffers: NamedBuffers,
): PartRecording[] {
  const { optimizer } = configuration.training;
  const use = trainingUse(network, configuration, data);
  const { context, rounding } = layerContext(family, network, use, buffers);
  const gradients = buffers['gradients']!;
  return [
    ...asPart('batch', recordBatch(family, network, configuration, use, data, buffers)),
    ...asPart('forward', rounding),
    ...recordGradient({ ...context, gradients }, network, use, buffers),
    ...asPart('optimizer', recordUpdate(family, buffers, optimizer, network.layout.length)),
    ...asPart('batch', data.kind === 'streams' ? recordCarry(family, network, use, buffers) : []),
  ];
}
