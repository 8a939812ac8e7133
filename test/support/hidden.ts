/** What runs on the GPU make of each h, read from their buffers. */
import { vi } from 'vitest';
import { Readback } from '../../gpu/device/readback.ts';
import type { Hidden } from './rounded.ts';

export interface WatchedBuffers {
  /** What lies in the buffers of states made since. @param owner the first of their labels: `run`, `examiner`. */
  hidden(owner: string): Promise<Hidden>;
  end(): void;
}

/** Watches which buffers a device makes, until its end. */
export function watchBuffers(device: GPUDevice): WatchedBuffers {
  const spy = vi.spyOn(device, 'createBuffer');
  return {
    async hidden(owner) {
      const states = spy.mock.results
        .map(({ value }) => value as GPUBuffer)
        .filter(({ label }) => label.startsWith(`${owner}.`) && label.endsWith('.states'));
      const values = await readAll(device, states);
      return new Map(
        states.map(({ label }, index) => [
          label.slice(owner.length + 1, -'.states'.length),
          new Float32Array(values[index]!),
        ]),
      );
    },
    end: () => spy.mockRestore(),
  };
}

async function readAll(device: GPUDevice, buffers: readonly GPUBuffer[]): Promise<ArrayBuffer[]> {
  const readback = new Readback(device);
  const encoder = device.createCommandEncoder();
  const sources = buffers.map((buffer) => ({ buffer }));
  const taken = readback.copy(encoder, sources);
  device.queue.submit([encoder.finish()]);
  const bytes = await taken();
  readback.destroy();
  return bytes;
}
