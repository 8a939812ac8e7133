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
/** Microseconds that a row of repetitions takes at the least, so that a coarse clock will do. */
const LONG = 10_000;
const MOST_TIMES = 4096;
/** Rows of which the quickest counts. */
const ATTEMPTS = 3;

export class Stopwatch {
  /** Null where only the host's clock is to be had. */
  readonly timestamps: Timestamps | null;
  readonly readback: Readback;
  readonly #device: GPUDevice;
  readonly #word: GPUBuffer;
  readonly #check: () => void;
  #late: Promise<number> | undefined;

  /** @param check is called right before each submission, and may throw the reason to end. */
  constructor(device: GPUDevice, check: () => void = () => undefined) {
    this.#device = device;
    this.#check = check;
    this.timestamps = Timestamps.of(device);
    this.readback = new Readback(device);
    this.#word = device.createBuffer({ label: 'stopwatch', size: 4, usage: GPUBufferUsage.COPY_SRC });
  }

  /** Microseconds of what `encode` encodes, in a long row of the same. @throws DeviceLostError */
  async timeRepeated(encode: EncodePass, around = NOTHING): Promise<number> {
    const row = (times: number): Promise<number> =>
      this.#timeOne((pass) => {
        for (let time = 0; time < times; time += 1) encode(pass);
      }, around);
    let times = 1;
    let least = await row(1);
    while (least < LONG && times < MOST_TIMES) {
      const wanted = Math.ceil((times * LONG) / Math.max(least, 1));
      times = Math.min(MOST_TIMES, Math.max(2 * times, Math.min(wanted, 16 * times)));
      least = await row(times);
    }
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) least = Math.min(least, await row(times));
    return least / times;
  }

  /** Microseconds of each pass of one submission; wants timestamps. @throws DeviceLostError */
  async timeEach(passes: readonly EncodePass[], around = NOTHING): Promise<number[]> {
    this.#check();
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

  async #timeOne(encode: EncodePass, around: Surroundings): Promise<number> {
    if (this.timestamps) return (await this.timeEach([encode], around))[0]!;
    this.#late ??= this.#leastEmpty();
    const late = await this.#late;
    return Math.max(0, (await this.#byHost(encode, around)) - late);
  }

  async #byHost(encode: EncodePass, around: Surroundings): Promise<number> {
    this.#check();
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
