/** Where an iteration's time goes: each kind of dispatch of it alone, over and over, on a device of its own. */
import { openDevice } from '../../gpu/device/adapter.ts';
import { allocate } from '../../gpu/device/buffers.ts';
import { Readback } from '../../gpu/device/readback.ts';
import { PipelineCache } from '../../gpu/kernels/pipeline.ts';
import { type Recording, recordPlan } from '../../gpu/kernels/plan.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { RunConfiguration, TrainingData } from '../../gpu/index.ts';
import { buildNetwork } from '../../gpu/model/network.ts';
import { recordIteration } from '../../gpu/training/iteration.ts';
import { runSizes } from '../../gpu/training/memory.ts';

function kindOf({ kernel, uniform, workgroups }: Recording): string {
  const shape =
    kernel.name === 'product' ? ` ${uniform['rows']}×${uniform['inner']}×${uniform['columns']}` : '';
  return `${kernel.name}${shape} [${workgroups.join('×')}] ${JSON.stringify(kernel.constants)}`;
}

/** Prints a line a kind: how many dispatches, and their milliseconds together. */
export async function profile(
  configuration: RunConfiguration,
  data: TrainingData,
  family: KernelFamily,
): Promise<void> {
  const { device } = await openDevice();
  const network = buildNetwork(configuration.model);
  const sizes = runSizes(network, configuration, data);
  const buffers = await allocate(device, 'profile', sizes, '');
  const pipelines = new PipelineCache(device);
  const readback = new Readback(device);
  const kinds = new Map<string, Recording[]>();
  for (const recording of recordIteration(family, network, configuration, data, buffers)) {
    const kind = kindOf(recording);
    kinds.set(kind, [...(kinds.get(kind) ?? []), recording]);
  }
  for (const [kind, recordings] of kinds) {
    const plan = await recordPlan(device, pipelines, kind, recordings);
    const repeat = async (count: number): Promise<number> => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let index = 0; index < count; index += 1) plan.encode(pass);
      pass.end();
      const taken = readback.copy(encoder, [
        { buffer: buffers['control']!, bytes: 4 },
        { buffer: buffers['gradients']!, bytes: 4 },
        { buffer: buffers['l0.states']!, bytes: 4 },
        { buffer: buffers['l0.dSums']!, bytes: 4 },
      ]);
      const begun = performance.now();
      device.queue.submit([encoder.finish()]);
      await taken();
      return performance.now() - begun;
    };
    await repeat(1);
    const few = Math.min(await repeat(2), await repeat(2));
    const many = Math.min(await repeat(22), await repeat(22));
    console.log(`    ${((many - few) / 20).toFixed(4)} ms  ${recordings.length} × ${kind}`);
    plan.destroy();
  }
  device.destroy();
}
