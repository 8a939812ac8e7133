/** What must hold of a layer whatever the cell, without an oracle: mostly bit for bit. */
import { describe, expect, test } from 'vitest';
import { cellOf } from '../../gpu/cells/registry.ts';
import { expectSameBits } from '../support/compare.ts';
import { peepholeDescription } from '../support/peephole-cell.gpu.ts';
import { RandomSource } from '../support/random.ts';
import {
  type LayerOptions,
  type LayerProblem,
  type LayerResult,
  randomLayer,
  runLayer,
} from '../support/recurrent-layer.ts';

const SIZE = { steps: 5, batch: 4, inputSize: 3, hiddenSize: 7 };
const PLANE = SIZE.batch * SIZE.hiddenSize;

/** Each with its states, saved values and gradients of sums. */
const CELLS = [cellOf({ cell: 'rnn' }), cellOf({ cell: 'lstm', peepholes: true }), peepholeDescription];

const KERNELS = [
  { kernels: 'tiled', family: 'software', recurrence: 'steps' },
  { kernels: 'sliced', family: 'hardware', recurrence: 'steps' },
  { kernels: 'whole-sequence', family: 'software', recurrence: 'sequence' },
] as const;

const CASES = CELLS.flatMap((cell) => KERNELS.map((choice) => ({ name: cell.name, cell, ...choice })));

/** The time steps from..to of a sequence whose steps have so many values. */
function stepsOf(sequence: Float32Array, steps: number, from: number, to: number): Float32Array {
  const size = sequence.length / steps;
  return sequence.subarray(from * size, to * size);
}

/** One row of `[.., B, width]`. */
function rowOf(values: Float32Array, width: number, row: number): Float32Array {
  return values.filter((_, index) => Math.floor(index / width) % SIZE.batch === row);
}

function flipped(sequence: Float32Array, steps: number): Float32Array {
  const parts = Array.from({ length: steps }, (_, t) => [...stepsOf(sequence, steps, t, t + 1)]);
  return Float32Array.from(parts.toReversed().flat());
}

/** Each state's slots by themselves. */
function statesOf(result: LayerResult, slots: number): Float32Array[] {
  return Array.from({ length: result.states.length / (slots * PLANE) }, (_, s) =>
    result.states.subarray(s * slots * PLANE, (s + 1) * slots * PLANE),
  );
}

describe.each(CASES)('$name, $kernels kernels', ({ cell, family, recurrence }) => {
  const problem = randomLayer(new RandomSource(3), cell, SIZE);
  const run = (options: LayerOptions = {}, of: LayerProblem = problem): Promise<LayerResult> =>
    runLayer(of, family, { ...options, recurrence });

  test('lengths that are all T change nothing', async () => {
    const lengths = new Uint32Array(SIZE.batch).fill(SIZE.steps);
    const [plain, full] = [await run({ givesFinal: true }), await run({ givesFinal: true, lengths })];
    for (const name of ['states', 'dSums', 'dInitialStates', 'dHidden', 'gradients'] as const) {
      expectSameBits(full[name], plain[name], name);
    }
  });

  test.each([false, true])('a short row is as a shorter sequence, reverse %s', async (reverse) => {
    const short = 3;
    // Past the end only what is not a number would show.
    const lengths = Uint32Array.of(SIZE.steps, short, 1, 4);
    const dOutputs = problem.dOutputs.slice();
    lengths.forEach((length, row) => {
      for (let at = length * PLANE; at < dOutputs.length; at += 1) {
        if (Math.floor(at / SIZE.hiddenSize) % SIZE.batch === row) dOutputs[at] = NaN;
      }
    });
    const mixed = await run({ reverse, lengths, givesFinal: true }, { ...problem, dOutputs });
    const cut = await run(
      { reverse, givesFinal: true },
      {
        ...problem,
        steps: short,
        inputs: stepsOf(problem.inputs, SIZE.steps, 0, short),
        dOutputs: stepsOf(problem.dOutputs, SIZE.steps, 0, short),
      },
    );
    const { hiddenSize } = SIZE;
    const row = 1;
    statesOf(mixed, SIZE.steps + 1).forEach((state, s) => {
      const expected = rowOf(statesOf(cut, short + 1)[s]!, hiddenSize, row);
      const actual = rowOf(state, hiddenSize, row);
      expectSameBits(actual.subarray(0, expected.length), expected, `state ${s}`);
      const last = expected.subarray(-hiddenSize);
      for (let slot = short + 1; slot <= SIZE.steps; slot += 1) {
        const copied = actual.subarray(slot * hiddenSize, (slot + 1) * hiddenSize);
        expectSameBits(copied, last, `state ${s}, slot ${slot}`);
      }
    });
    for (const [name, width] of [
      ['dHidden', hiddenSize],
      ['dSums', mixed.dSums.length / (SIZE.steps * SIZE.batch)],
    ] as const) {
      const actual = rowOf(mixed[name], width, row);
      const expected = rowOf(cut[name], width, row);
      expectSameBits(actual.subarray(0, expected.length), expected, name);
      expect(actual.subarray(expected.length).every((value) => value === 0)).toBe(true);
    }
    const initial = [mixed, cut].map(({ dInitialStates }) => rowOf(dInitialStates, hiddenSize, row));
    // Of a shorter reverse sequence it is a step that brings back what the sweep does of a longer one.
    if (reverse && recurrence === 'sequence') expectClose(initial[0]!, initial[1]!);
    else expectSameBits(initial[0]!, initial[1]!, 'dInitialStates');
  });

  test('reverse is forward on the sequence flipped', async () => {
    const { steps } = SIZE;
    const [inputs, dOutputs] = [problem.inputs, problem.dOutputs].map((part) => flipped(part, steps));
    const forward = await run({ givesFinal: true });
    const back = await run(
      { givesFinal: true, reverse: true },
      { ...problem, inputs: inputs!, dOutputs: dOutputs! },
    );
    statesOf(forward, steps + 1).forEach((state, s) =>
      expectSameBits(flipped(statesOf(back, steps + 1)[s]!, steps + 1), state, `state ${s}`),
    );
    expectSameBits(flipped(back.dSums, steps), forward.dSums, 'dSums');
    expectSameBits(back.dInitialStates, forward.dInitialStates, 'dInitialStates');
  });

  test('a sweep in two spans, their states run again, is one over the whole', async () => {
    const { steps } = SIZE;
    const middle = 3;
    const dropout = { rate: 0.3, perSequence: false, place: 2, seed: 5, iteration: 9 };
    const whole = await run({ dropout, givesFinal: true });
    const span = (from: number, to: number): LayerProblem => ({
      ...problem,
      steps: to - from,
      inputs: stepsOf(problem.inputs, steps, from, to),
      dOutputs: stepsOf(problem.dOutputs, steps, from, to),
      initialStates: Float32Array.from(
        statesOf(whole, steps + 1)
          .slice(0, cell.states.length)
          .flatMap((state) => [...state.subarray(from * PLANE, (from + 1) * PLANE)]),
      ),
    });
    const later = await run({ dropout, givesFinal: true, firstTime: middle }, span(middle, steps));
    const sooner = await run({ dropout, continues: later }, span(0, middle));
    expectSameBits(later.dSums, stepsOf(whole.dSums, steps, middle, steps), 'dSums, later');
    expectSameBits(sooner.dSums, stepsOf(whole.dSums, steps, 0, middle), 'dSums, sooner');
    expectSameBits(sooner.dInitialStates, whole.dInitialStates, 'dInitialStates');
    expectClose(sooner.gradients, whole.gradients);
  });

  test('input sums from before the steps are those made in the steps', async () => {
    const [inline, hoisted] = [await run(), await run({ hoisted: true })];
    expectClose(hoisted.states, inline.states);
    expectClose(hoisted.dSums, inline.dSums);
  });

  test('what is dropped is h by the mask of the step that reads it', async () => {
    const dropout = { rate: 0.5, perSequence: true, place: 2, seed: 5, iteration: 9 };
    const states = statesOf(await run({ dropout }), SIZE.steps + 1);
    const [h, seen] = [states[0]!, states.at(-1)!];
    const mask = Array.from({ length: PLANE }, (_, place) => seen[place] !== 0);
    expect(new Set(mask).size).toBe(2);
    const twice = h.map((value, index) => (mask[index % PLANE] ? 2 * value : 0));
    expect(Array.from(seen, Math.abs)).toEqual(Array.from(twice, Math.abs));
  });
});

test('a sweep that cannot go on from a later one is refused', async () => {
  for (const [steps, reverse] of [
    [1, false],
    [2, true],
  ] as const) {
    const problem = randomLayer(new RandomSource(3), CELLS[0]!, { ...SIZE, steps });
    const whole = await runLayer(problem, 'software', { reverse });
    const again = runLayer(problem, 'software', { reverse, continues: whole });
    await expect(again).rejects.toThrow('2 time steps or more, and not in a reverse layer');
  }
});

/** The same sums in another order: within 1e-5 of the largest. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1e-5 * largest);
  expect(actual.length).toBe(expected.length);
}
