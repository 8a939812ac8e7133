/** Lets training go on as if what a submission computes had not been: what training leaves behind is put back in it. */
import { allocate, destroyAll } from '../device/buffers.ts';
import type { Surroundings } from '../device/stopwatch.ts';

export interface Preserved extends Surroundings {
  destroy(): void;
}

/**
 * Between `before` and `after`, in one submission, the buffers may be written to at will; whatever else is submitted never
 * sees it. @throws OutOfMemoryError
 */
export async function preserve(device: GPUDevice, buffers: readonly GPUBuffer[]): Promise<Preserved> {
  const sizes = Object.fromEntries(buffers.map(({ size }, index) => [String(index), size / 4]));
  const copies = await allocate(device, 'preserved', sizes, 'A smaller model takes less.');
  const move = (encoder: GPUCommandEncoder, way: 'away' | 'back'): void =>
    buffers.forEach((buffer, index) => {
      const [from, to] = way === 'away' ? [buffer, copies[index]!] : [copies[index]!, buffer];
      encoder.copyBufferToBuffer(from, 0, to, 0, buffer.size);
    });
  return {
    before: (encoder) => move(encoder, 'away'),
    after: (encoder) => move(encoder, 'back'),
    destroy: () => destroyAll(copies),
  };
}
