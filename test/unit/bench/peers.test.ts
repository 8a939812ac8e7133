/** Whoever is timed beside the runtime does the same job: losses of training, and what is generated afterwards. */
import { describe, expect, test } from 'vitest';
import { CELLS, GENERATION_MODES, type Job, prepareJob } from '../../../bench/cases.ts';
import { findPeer } from '../../../bench/peers/index.ts';
import type { PreparedPeer } from '../../../bench/peers/peer.ts';

const STEPS = 4;
/** In float32, after some updates by Adam. */
const CLOSE = 1e-5;
const VALUES = 30;

/** What needs no GPU; WebGPU runs the same code of the same libraries. */
const PEERS = ['loop', 'tensorflow-cpu', 'jax-wasm'];

/** A peer and the reference, both at the start of a small job. */
async function both(
  name: string,
  cell: Job['cell'],
  input: number,
): Promise<{ peer: PreparedPeer; reference: PreparedPeer }> {
  const prepared = prepareJob({ test: { name: 'small', batch: 3, steps: 5, input, hidden: 7 }, cell });
  const open = async (which: string): Promise<PreparedPeer> => (await findPeer(which).load!())(prepared);
  return { peer: await open(name), reference: await open('reference') };
}

describe.each(PEERS.flatMap((name) => CELLS.map((cell) => [name, cell] as const)))('%s, %s', (name, cell) => {
  test('trains as the reference does, three inputs', async () => {
    const { peer, reference } = await both(name, cell, 3);
    expectLossesClose(await peer.train(STEPS), await reference.train(STEPS));
    peer.dispose();
  });

  test('trains as the reference does, and goes on from a seed as it does', async () => {
    const { peer, reference } = await both(name, cell, 1);
    expectLossesClose(await peer.train(STEPS), await reference.train(STEPS));
    for (const mode of GENERATION_MODES) {
      const expected = await reference.generate(mode, VALUES);
      const actual = await peer.generate(mode, VALUES);
      expect(actual).toHaveLength(VALUES);
      for (let index = 0; index < VALUES; index += 1) {
        expect(Math.abs(actual[index]! - expected[index]!)).toBeLessThan(1e-4);
      }
    }
    peer.dispose();
  });
});

function expectLossesClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(STEPS);
  actual.forEach((loss, step) => {
    expect(Math.abs(loss / expected[step]! - 1)).toBeLessThan(CLOSE);
  });
}
