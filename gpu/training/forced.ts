/** Values at which gates and units are held while the model runs: one buffer a layer, made when first needed. */
import { destroyAll } from '../device/buffers.ts';
import type { Forcing } from '../model/engine.ts';
import { forcedSizes, type Network } from '../model/network.ts';
import type { NamedBuffers } from '../model/stack.ts';

/** What stands where nothing is held; see shaders/recurrent. */
const FREE = 3.4e38;

/** What is held at the time of a request: its buffers, to be filled when the request is submitted. */
export interface HeldValues {
  readonly buffers: NamedBuffers;
  /** Another request may have filled them with others meanwhile. */
  write(): void;
}

export class ForcedValues {
  readonly #device: GPUDevice;
  readonly #network: Network;
  #made: NamedBuffers | null = null;
  #forcings: readonly Forcing[] = [];

  constructor(device: GPUDevice, network: Network) {
    this.#device = device;
    this.#network = network;
  }

  /** Null while nothing is held. */
  get held(): HeldValues | null {
    const forcings = this.#forcings;
    if (forcings.length === 0) return null;
    const buffers = (this.#made ??= this.#create());
    return { buffers, write: () => this.#write(buffers, forcings) };
  }

  /** They are valid: see `validateForcings`. A later one goes before an earlier one. */
  set(forcings: readonly Forcing[]): void {
    this.#forcings = [...forcings];
  }

  destroy(): void {
    if (this.#made) destroyAll(this.#made);
  }

  #write(buffers: NamedBuffers, forcings: readonly Forcing[]): void {
    for (const [name, values] of Object.entries(forcedValues(this.#network, forcings))) {
      this.#device.queue.writeBuffer(buffers[name]!, 0, values);
    }
  }

  #create(): NamedBuffers {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    return Object.fromEntries(
      Object.entries(forcedSizes(this.#network)).map(([label, words]) => [
        label,
        this.#device.createBuffer({ label, size: Math.max(16, 4 * words), usage }),
      ]),
    );
  }
}

/** What the buffers of `forcedSizes` hold. */
export function forcedValues(
  { main }: Network,
  forcings: readonly Forcing[],
): Readonly<Record<string, Float32Array<ArrayBuffer>>> {
  const entries = main.layers.map(({ directions }, index) => {
    const { key, cell, hiddenSize } = directions[0]!;
    const rows = [...cell.gates, ...cell.states];
    const values = new Float32Array(rows.length * hiddenSize).fill(FREE);
    for (const { layer, what, unit, value } of forcings) {
      if (layer !== index) continue;
      // The simple cell calls its one gate what it calls its state: the state is meant.
      const at = rows.lastIndexOf(what) * hiddenSize;
      if (unit === undefined) values.fill(value, at, at + hiddenSize);
      else values[at + unit] = value;
    }
    return [`${key}.forced`, values] as const;
  });
  return Object.fromEntries(entries);
}
