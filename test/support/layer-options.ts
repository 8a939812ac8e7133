/** Options of one recurrent layer drawn at random. */
import type { RandomSource } from './random.ts';
import type { LayerOptions, LayerProblem } from './recurrent-layer.ts';
import { FREE } from './recurrent-oracle.ts';

/** Some gates and some states of some units held. */
function someForced(random: RandomSource, { cell, hiddenSize }: LayerProblem): Float32Array {
  const held = Object.values(cell.savedGates).length;
  const rows = cell.gates.length + cell.states.length;
  return Float32Array.from({ length: rows * hiddenSize }, (_, index) => {
    const row = Math.floor(index / hiddenSize);
    const holds = (row < held || row >= cell.gates.length) && random.uniform() < 0.3;
    return holds ? random.normals(1, 0.5)[0]! : FREE;
  });
}

/** Each option there or not: over the seeds every pair of them is met. At most two of those that bind a buffer. */
export function someOptions(random: RandomSource, problem: LayerProblem): LayerOptions {
  const { steps, batch } = problem;
  const firstTime = random.pick([0, 3]);
  const without = random.pick(['lengths', 'dropout', 'forced']);
  const chosen = (name: string): boolean => name !== without && random.uniform() < 0.7;
  const lengths = Uint32Array.from({ length: batch }, () => firstTime + random.integer(1, steps));
  const dropout = {
    rate: random.pick([0.25, 0.6]),
    perSequence: random.pick([true, false]),
    place: random.pick([2, 8195]),
    seed: random.integer(0, 1e9),
    iteration: random.integer(0, 100),
  };
  return {
    reverse: random.pick([true, false]),
    hoisted: random.pick([true, false]),
    givesFinal: random.pick([true, false]),
    firstTime,
    ...(chosen('lengths') ? { lengths } : {}),
    ...(chosen('dropout') ? { dropout } : {}),
    ...(chosen('forced') ? { forced: someForced(random, problem) } : {}),
  };
}
