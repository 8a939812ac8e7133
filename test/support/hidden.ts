/** What a run on the GPU makes of each h, read from its buffers. */
import { vi } from 'vitest';
import { Readback } from '../../gpu/device/readback.ts';
import type { Hidden } from './rounded.ts';

/** What some work leaves in the buffers of states that it has made. @param owner such as `examiner`. */
export async function hiddenOf<Result>(
  device: GPUDevice,
  owner: string,
  work: () => Promise<Result>,
): Promise<{ result: Result; hidden: Hidden }> {
  const spy = vi.spyOn(device, 'createBuffer');
  const made: GPUBuffer[] = [];
  let result: Result;
  try {
    result = await work();
    for (const { value } of spy.mock.results) made.push(value as GPUBuffer);
  } finally {
    spy.mockRestore();
  }
  const states = made.filter(({ label }) => label.startsWith(`${owner}.`) && label.endsWith('.states'));
  const readback = new Readback(device);
  const encoder = device.createCommandEncoder();
  const taken = readback.copy(
    encoder,
    states.map((buffer) => ({ buffer })),
  );
  device.queue.submit([encoder.finish()]);
  const bytes = await taken();
  readback.destroy();
  const named = states.map(({ label }, index): [string, Float32Array] => [
    label.slice(owner.length + 1, -'.states'.length),
    new Float32Array(bytes[index]!),
  ]);
  return { result, hidden: new Map(named) };
}
