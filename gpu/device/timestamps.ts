/** What a device's own clock says of compute passes, as finely as the browser lets it be read: some round to 0.1 ms. */
import type { Readback } from './readback.ts';

const BYTES = 8;

export class Timestamps {
  /** Passes of a submission: a query set holds 4096 timestamps on any device. */
  static readonly most = 2048;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;

  private constructor(device: GPUDevice) {
    const count = 2 * Timestamps.most;
    this.#queries = device.createQuerySet({ label: 'timestamps', type: 'timestamp', count });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    this.#resolved = device.createBuffer({ label: 'timestamps', size: BYTES * count, usage });
  }

  /** Null where the device has no clock to read. */
  static of(device: GPUDevice): Timestamps | null {
    return device.features.has('timestamp-query') ? new Timestamps(device) : null;
  }

  /** For the descriptor of a submission's pass of this number, counted from 0. */
  writes(pass: number): GPUComputePassTimestampWrites {
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: 2 * pass,
      endOfPassWriteIndex: 2 * pass + 1,
    };
  }

  /** To be called before the submission; the function it returns after it, for the microseconds of each pass. */
  take(encoder: GPUCommandEncoder, readback: Readback, passes: number): () => Promise<number[]> {
    encoder.resolveQuerySet(this.#queries, 0, 2 * passes, this.#resolved, 0);
    const taken = readback.copy(encoder, [{ buffer: this.#resolved, bytes: 2 * BYTES * passes }]);
    return async () => {
      const [bytes] = await taken();
      const nanoseconds = new BigInt64Array(bytes!);
      return Array.from({ length: passes }, (_, pass) => {
        const [begun, ended] = nanoseconds.subarray(2 * pass, 2 * pass + 2) as unknown as [bigint, bigint];
        // A clock may be set while a pass runs: then it says nothing of it.
        return Math.max(0, Number(ended - begun) / 1000);
      });
    };
  }

  destroy(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
  }
}
