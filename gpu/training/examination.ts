/** What an examination reads back from its buffers, and makes of it. */
import { PARTIALS } from '../kernels/library.ts';
import type { Examination, Examples, LayerInside } from '../model/engine.ts';
import { directionsOf, type Network, type NetworkUse, outputsOf, readsFinal } from '../model/network.ts';
import { outputWidth } from '../model/shape.ts';
import { type Direction, finalSlot } from '../model/stack.ts';
import { joined } from './fields.ts';

/** What is wanted besides outputs, loss and final states. */
interface Wanted {
  readonly gradient: boolean;
  readonly inside: boolean;
}

/** What is copied to the host, and under which name. */
export interface Reading {
  readonly name: string;
  readonly buffer: string;
  /** In words. */
  readonly at?: number;
  readonly length?: number;
}

/** Floats by the name of their reading. */
type Read = (name: string) => Float32Array;

export function readingsOf(
  { layout, attention, main }: Network,
  use: NetworkUse,
  { gradient, inside }: Wanted,
): Reading[] {
  const readings: Reading[] = [
    { name: 'outputs', buffer: 'outputs' },
    { name: 'loss', buffer: 'partials', length: PARTIALS },
  ];
  for (const direction of directionsOf(main)) {
    const { key, cell, hiddenSize } = direction;
    const length = use.batch * hiddenSize;
    const slot = finalSlot(direction, use.steps);
    cell.states.forEach((_, state) => {
      const at = (state * use.slots + slot) * length;
      readings.push({ name: `${key}.final.${state}`, buffer: `${key}.states`, at, length });
    });
    if (!inside || direction.reverse) continue;
    for (const part of ['states', 'saved', 'dh']) {
      readings.push({ name: `${key}.${part}`, buffer: `${key}.${part}` });
    }
  }
  if (gradient) readings.push({ name: 'gradient', buffer: 'gradients', length: layout.length });
  if (attention) readings.push({ name: 'attention', buffer: 'attention.weights' });
  return readings;
}

export function examinationOf(
  network: Network,
  use: NetworkUse,
  { gradient, inside }: Wanted,
  { lengths }: Examples,
  read: Read,
): Examination {
  const { main, model, attention } = network;
  const { batch, steps, source } = use;
  const width = outputWidth(model);
  const outputs = read('outputs').slice(0, outputsOf(network, steps) * batch * width);
  if (!readsFinal(network)) clearEnds(outputs, lengths, batch, width);
  const weights = attention ? read('attention').slice(0, steps * batch * source!.steps) : null;
  if (weights) clearEnds(weights, lengths, batch, source!.steps);
  return {
    outputs,
    loss: read('loss').reduce((sum, part) => sum + part, 0),
    finalStates: main.layers.map(({ directions }) =>
      joined(
        directions.flatMap(({ key, cell }) => cell.states.map((_, state) => read(`${key}.final.${state}`))),
      ),
    ),
    ...(gradient ? { gradient: read('gradient') } : {}),
    ...(inside
      ? { inside: main.layers.map(({ directions }) => layerInside(directions[0]!, use, read)) }
      : {}),
    ...(weights ? { attention: weights } : {}),
  };
}

/** Zeros past the end of each sequence, in [T, B, width]. */
function clearEnds(
  values: Float32Array,
  lengths: Uint32Array | undefined,
  batch: number,
  width: number,
): void {
  lengths?.forEach((length, row) => {
    for (let at = (length * batch + row) * width; at < values.length; at += batch * width) {
      values.fill(0, at, at + width);
    }
  });
}

function layerInside(
  { key, cell, hiddenSize }: Direction,
  { batch, steps, slots }: NetworkUse,
  read: Read,
): LayerInside {
  const plane = batch * hiddenSize;
  const [states, saved, dh] = [read(`${key}.states`), read(`${key}.saved`), read(`${key}.dh`)];
  const gates = Object.entries(cell.savedGates).map(([name, place]): [string, Float32Array] => {
    const values = new Float32Array(steps * plane);
    for (let row = 0; row < steps * batch; row += 1) {
      const at = (row * cell.saved + place) * hiddenSize;
      values.set(saved.subarray(at, at + hiddenSize), row * hiddenSize);
    }
    return [name, values];
  });
  return {
    states: Object.fromEntries(
      cell.states.map((name, state) => {
        const first = (state * slots + 1) * plane;
        return [name, states.slice(first, first + steps * plane)];
      }),
    ),
    gates: Object.fromEntries(gates),
    hiddenGradientNorms: Float32Array.from({ length: steps * batch }, (_, row) =>
      Math.hypot(...dh.subarray(row * hiddenSize, (row + 1) * hiddenSize)),
    ),
  };
}
