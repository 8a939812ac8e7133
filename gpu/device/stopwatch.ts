/** How long work takes: by the device's own clock where it can be read, otherwise by the host's. */
import { Readback } from './readback.ts';
import { Timestamps } from './timestamps.ts';

export type EncodePass = (pass: GPUComputePassEncoder) => void;

/** What a submission does besides, untimed. */
export interface Surroundings {
  before(encoder: GPUCommandEncoder): void;
  after(encoder: GPUCommandEncoder): void;
}

const NOTHING: Surroundings = { before: () => undefined, after: () => undefined };

/** Empty submissions of which the quickest is what the host's clock is late by. */
const EMPTY = 3;

export class Stopwatch {
  /** Null where only the host's clock is to be had. */
  readonly timestamps: Timestamps | null;
  readonly readback: Readback;
  readonly #device: GPUDevice;
  readonly #word: GPUBuffer;
  #late: Promise<number> | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.timestamps = Timestamps.of(device);
    this.readback = new Readback(device);
    this.#word = device.createBuffer({ label: 'stopwatch', size: 4, usage: GPUBufferUsage.COPY_SRC });
  }

  /** Microseconds of one pass, alone in its submission. @throws DeviceLostError */
  async time(encode: EncodePass, around = NOTHING): Promise<number> {
    if (this.timestamps) return (await this.timeEach([encode], around))[0]!;
    this.#late ??= this.#leastEmpty();
    return Math.max(0, (await this.#byHost(encode, around)) - (await this.#late));
  }

  /** Microseconds of each pass of one submission; wants timestamps. @throws DeviceLostError */
  async timeEach(passes: readonly EncodePass[], around = NOTHING): Promise<number[]> {
    const timestamps = this.timestamps!;
    const encoder = this.#device.createCommandEncoder({ label: 'stopwatch' });
    around.before(encoder);
    passes.forEach((encode, index) => {
      const pass = encoder.beginComputePass({
        label: 'stopwatch',
        timestampWrites: timestamps.writes(index),
      });
      encode(pass);
      pass.end();
    });
    around.after(encoder);
    const taken = timestamps.take(encoder, this.readback, passes.length);
    this.#device.queue.submit([encoder.finish()]);
    return taken();
  }

  destroy(): void {
    this.timestamps?.destroy();
    this.readback.destroy();
    this.#word.destroy();
  }

  async #byHost(encode: EncodePass, around: Surroundings): Promise<number> {
    const begun = performance.now();
    const encoder = this.#device.createCommandEncoder({ label: 'stopwatch' });
    around.before(encoder);
    const pass = encoder.beginComputePass({ label: 'stopwatch' });
    encode(pass);
    pass.end();
    around.after(encoder);
    const done = this.readback.copy(encoder, [{ buffer: this.#word }]);
    this.#device.queue.submit([encoder.finish()]);
    await done();
    return 1000 * (performance.now() - begun);
  }

  async #leastEmpty(): Promise<number> {
    let least = Infinity;
    for (let attempt = 0; attempt < EMPTY; attempt += 1) {
      least = Math.min(least, await this.#byHost(() => undefined, NOTHING));
    }
    return least;
  }
}
