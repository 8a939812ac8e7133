/**
 * Copies from the GPU to the host by staging buffers that are used again and again, so that reading allocates no GPU
 * memory once training has settled. A copy that arrives is also the only sure sign that the work before it is done.
 */
import { DeviceLostError } from './errors.ts';

export class Readback {
  readonly #device: GPUDevice;
  readonly #idle: GPUBuffer[] = [];
  #destroyed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * Records copies of whole buffers, or of `bytes` from `at` on.
   * @returns a function to call after the submission; it resolves with the bytes, one array per source, in order.
   * The function throws DeviceLostError where the device is lost.
   */
  copy(
    encoder: GPUCommandEncoder,
    sources: readonly { buffer: GPUBuffer; at?: number; bytes?: number }[],
  ): () => Promise<ArrayBuffer[]> {
    const lengths = sources.map(({ buffer, at = 0, bytes = buffer.size - at }) => bytes);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const staging = this.#take(total);
    let offset = 0;
    sources.forEach(({ buffer, at = 0 }, index) => {
      encoder.copyBufferToBuffer(buffer, at, staging, offset, lengths[index]);
      offset += lengths[index]!;
    });
    return async () => {
      try {
        await staging.mapAsync(GPUMapMode.READ, 0, total);
      } catch (error) {
        staging.destroy();
        throw new DeviceLostError(error instanceof Error ? error.message : String(error));
      }
      const mapped = staging.getMappedRange(0, total);
      let start = 0;
      const copies = lengths.map((length) => mapped.slice(start, (start += length)));
      staging.unmap();
      if (this.#destroyed) staging.destroy();
      else this.#idle.push(staging);
      return copies;
    };
  }

  /** What is under way still arrives; its buffers are given back then. */
  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#idle) buffer.destroy();
    this.#idle.length = 0;
  }

  /** The smallest idle staging buffer that is large enough, or a new one. */
  #take(bytes: number): GPUBuffer {
    let best = -1;
    this.#idle.forEach(({ size }, index) => {
      if (size >= bytes && (best < 0 || size < this.#idle[best]!.size)) best = index;
    });
    if (best >= 0) return this.#idle.splice(best, 1)[0]!;
    return this.#device.createBuffer({
      label: 'readback',
      size: bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }
}
