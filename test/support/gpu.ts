/**
 * Runs recorded dispatches on Dawn for comparisons. What a kernel must write itself is filled with NaN before the
 * run, so that a value left out cannot pass.
 */
import { type OpenDevice, openDevice } from '../../gpu/device/adapter.ts';
import { allocate, type BufferSizes, destroyAll } from '../../gpu/device/buffers.ts';
import { Readback } from '../../gpu/device/readback.ts';
import { PipelineCache } from '../../gpu/kernels/pipeline.ts';
import { type Recording, recordPlan } from '../../gpu/kernels/plan.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { backwardSizes, buildNetwork, forwardSizes, type Network, useOf } from '../../gpu/model/network.ts';
import { recordBackward } from '../../gpu/model/network-backward.ts';
import { recordForward } from '../../gpu/model/network-forward.ts';
import type { NamedBuffers } from '../../gpu/model/stack.ts';
import type { Problem } from './problem.ts';

export const FAMILIES: readonly KernelFamily[] = ['software', 'hardware'];

let opened: Promise<OpenDevice & { pipelines: PipelineCache }> | undefined;

/** One device for all tests of a process. */
export function testDevice(): Promise<OpenDevice & { pipelines: PipelineCache }> {
  opened ??= openDevice().then((open) => ({ ...open, pipelines: new PipelineCache(open.device) }));
  return opened;
}

/** Changes a recording before it is compiled: how mutants are made. */
export type Mutation = (recording: Recording) => Recording;

/** Kernels as a device without subgroups gets them. */
export const withoutSubgroups: Mutation = (recording) => {
  const files = recording.kernel.files.map(({ name, text }) => ({ name, text }));
  return { ...recording, kernel: { ...recording.kernel, files } };
};

/**
 * Allocates buffers of the given sizes, fills those of `contents` with their values and all others with NaN, runs the
 * recordings and returns every buffer's floats.
 */
export async function runRecordings(
  sizes: BufferSizes,
  contents: Readonly<Record<string, Float32Array | Uint32Array>>,
  record: (buffers: NamedBuffers) => readonly Recording[],
  mutate: Mutation = (recording) => recording,
): Promise<Record<string, Float32Array>> {
  const { device, pipelines } = await testDevice();
  const buffers: NamedBuffers = await allocate(device, 'test', sizes, '');
  for (const [name, words] of Object.entries(sizes)) {
    const values = contents[name] ?? new Float32Array(words).fill(NaN);
    device.queue.writeBuffer(buffers[name]!, 0, values as BufferSource);
  }
  device.pushErrorScope('validation');
  const plan = await recordPlan(device, pipelines, 'test', record(buffers).map(mutate));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  plan.encode(pass);
  pass.end();
  const readback = new Readback(device);
  const taken = readback.copy(
    encoder,
    Object.keys(sizes).map((name) => ({ buffer: buffers[name]! })),
  );
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error) throw new Error(error.message);
  const bytes = await taken();
  readback.destroy();
  plan.destroy();
  destroyAll(buffers);
  return Object.fromEntries(
    Object.entries(sizes).map(([name, words], index) => [name, new Float32Array(bytes[index]!, 0, words)]),
  );
}

export interface NetworkResult {
  readonly outputs: Float32Array;
  /** Per layer `[S][T + 1, B, H]`. */
  readonly states: readonly Float32Array[];
  /** In the order of the parameter layout. */
  readonly gradients: Float32Array;
}

/** Forward from the problem's initial states, and backward from its `dOutputs`. */
export async function runNetwork(
  problem: Problem,
  family: KernelFamily,
  mutate?: Mutation,
): Promise<NetworkResult> {
  const { model, batch, steps, parameters, inputs, dOutputs } = problem;
  const network = buildNetwork(model);
  const use = useOf(network, { batch, steps, givenStates: true });
  const sizes: Record<string, number> = {
    ...forwardSizes(network, use),
    ...backwardSizes(network, use),
    dOutputs: steps * batch * model.outputSize,
    parameters: network.layout.length,
    gradients: network.layout.length,
  };
  const contents: Record<string, Float32Array> = {
    parameters,
    inputs,
    dOutputs,
    gradients: poisonedParameters(network),
  };
  network.main.layers.forEach((layer, index) => {
    const plane = batch * layer.width;
    const states = new Float32Array(sizes[`l${index}.states`]!).fill(NaN);
    problem.initialStates[index]!.forEach((state, s) => states.set(state, s * (steps + 1) * plane));
    contents[`l${index}.states`] = states;
  });
  const results = await runRecordings(
    sizes,
    contents,
    (buffers) => {
      const context = { family, parameters: buffers['parameters']!, gradients: buffers['gradients']! };
      return [
        ...recordForward(context, network, use, buffers),
        ...recordBackward(context, network, use, buffers),
      ];
    },
    mutate,
  );
  return {
    outputs: results['outputs']!,
    states: network.main.layers.map((_, index) => results[`l${index}.states`]!),
    gradients: results['gradients']!,
  };
}

/** NaN in every parameter's place, 0 in the gaps between them. */
function poisonedParameters({ layout }: Network): Float32Array {
  const values = new Float32Array(layout.length);
  for (const { offset, length } of layout.views) values.fill(NaN, offset, offset + length);
  return values;
}
