/** What an iteration is counted to do, against formulas and against what it can do at the most. */
import { describe, expect, test } from 'vitest';
import {
  type KernelCost,
  parameterLayout,
  type Part,
  type RunConfiguration,
  totalWork,
  type TrainingData,
} from '../../../gpu/index.ts';
import { FAMILIES } from '../../../gpu/kernels/choice.ts';
import type { PartRecording } from '../../../gpu/kernels/plan.ts';
import { assemble } from '../../../gpu/kernels/source.ts';
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { buildNetwork } from '../../../gpu/model/network.ts';
import { recordIteration } from '../../../gpu/training/iteration.ts';
import { costOf, kindsOf } from '../../../gpu/training/kinds.ts';
import { runSizes } from '../../../gpu/training/memory.ts';
import { build } from '../../support/configurations.ts';
import { coveringDraws } from '../../support/pairs.ts';
import { RandomSource } from '../../support/random.ts';
import { smallConfiguration, smallSeries } from '../../support/small-run.ts';

/** An iteration's dispatches over buffers that are a name and a size. */
function record(configuration: RunConfiguration, data: TrainingData, family: KernelFamily): PartRecording[] {
  const network = buildNetwork(configuration.model);
  const sizes = runSizes(network, configuration, data);
  const buffers = Object.fromEntries(
    Object.entries(sizes).map(([label, words]) => [label, { label, size: 4 * words } as GPUBuffer]),
  );
  return recordIteration(family, network, configuration, data, buffers);
}

function costs(configuration: RunConfiguration, family: KernelFamily = 'software'): KernelCost[] {
  return kindsOf(record(configuration, smallSeries(configuration), family)).map(costOf);
}

interface Shape {
  readonly cell: string;
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly hidden: number;
}

function configurationOf({ cell, batch, steps, input, hidden }: Shape): RunConfiguration {
  const { model, training } = smallConfiguration({ batchSize: batch, sequenceLength: steps }, input);
  return { model: { ...model, layers: [{ cell, hiddenSize: hidden }] }, training };
}

/** Operations of each part of a single layer with a linear head; G gates, V of the cell's own vectors. */
function expected({ batch, steps, input, hidden }: Shape, gates: number, vectors: number) {
  const rows = batch * steps;
  const columns = gates * hidden;
  return {
    forward: 2 * rows * (input + hidden) * columns,
    // Nothing comes back through W at the last time step.
    backward: 2 * batch * (steps - 1) * columns * hidden,
    gradients: 2 * rows * (input + hidden) * columns + rows * (columns + vectors * hidden),
    readout: 3 * (2 * rows * hidden * input) + rows * input,
  };
}

const CASE_A = { batch: 50, steps: 20, input: 1, hidden: 100 };

describe('operations', () => {
  const shapes: [Shape, number, number][] = [
    [{ ...CASE_A, cell: 'rnn' }, 1, 0],
    [{ ...CASE_A, cell: 'lstm' }, 4, 0],
    [{ ...CASE_A, cell: 'gru' }, 3, 1],
    [{ cell: 'lstm', batch: 1, steps: 1, input: 1, hidden: 1 }, 4, 0],
    [{ cell: 'rnn', batch: 3, steps: 7, input: 5, hidden: 33 }, 1, 0],
  ];
  test.each(shapes)('%o', (shape, gates, vectors) => {
    const kernels = costs(configurationOf(shape));
    const wanted = expected(shape, gates, vectors);
    const counted = (Object.keys(wanted) as Part[]).map((part) => [
      part,
      totalWork(kernels.filter((kernel) => kernel.part === part)).operations,
    ]);
    expect(Object.fromEntries(counted)).toEqual(wanted);
  });

  test('of case A in all, by hand', () => {
    const configuration = configurationOf({ ...CASE_A, cell: 'rnn' });
    const { length } = parameterLayout(configuration.model);
    const steps = 20_200_000 + 19_000_000;
    const weights = 20_200_000 + 100_000;
    const readout = 600_000 + 1000;
    const norm = 2 * length + 3 * 4096;
    expect(totalWork(costs(configuration)).operations).toBe(steps + weights + readout + norm);
  });
});

test('bytes of a forward step: x, W, b and h are read, h is written', () => {
  const forward = costs(configurationOf({ ...CASE_A, cell: 'rnn' })).find(({ part }) => part === 'forward');
  const words = 50 * 1 + 101 * 100 + 100 + 50 * 100 + 50 * 100;
  expect(forward).toMatchObject({ kernel: 'forward_step.rnn', dispatches: 20, bytes: 20 * 4 * words });
});

test('every dispatch is of one kind, and kinds are in the order of the iteration', () => {
  const configuration = smallConfiguration();
  const recordings = record(configuration, smallSeries(configuration), 'software');
  const kinds = kindsOf(recordings);
  expect(kinds.flatMap(({ places }) => places).toSorted((a, b) => a - b)).toEqual(
    recordings.map((_, place) => place),
  );
  const firsts = kinds.map(({ places }) => places[0]!);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  for (const { places, recordings: same } of kinds) {
    expect(same).toEqual(places.map((place) => recordings[place]));
  }
  expect(kinds.map(({ part, kernel }) => `${part} ${kernel}`)).toContain('gradients product 7×30×4');
});

describe('200 configurations', () => {
  const all = coveringDraws(200, 1).draws.map(({ choice, sizes, seed }) => {
    const { configuration, data } = build(choice, sizes, new RandomSource(seed));
    return { seed, recordings: FAMILIES.map((family) => record(configuration, data, family)) };
  });

  test('each dispatch moves something, and no more than the buffers it binds', () => {
    for (const { seed, recordings } of all) {
      const wrong = recordings
        .flat()
        .filter((recording) => !(recording.work.bytes > 0 && recording.work.bytes <= boundBytes(recording)));
      expect(wrong.map(({ kernel }) => `${kernel.name} of configuration ${seed}`)).toEqual([]);
    }
  });

  test('both families of kernels do the same', () => {
    for (const { seed, recordings } of all) {
      const [one, other] = recordings.map((family) => totalWork(kindsOf(family).map(costOf)));
      expect(one, `configuration ${seed}`).toEqual(other);
    }
  });
});

const accesses = new Map<PartRecording['kernel']['name'], ReadonlyMap<string, number>>();

/** Bytes of all buffers bound, twice where they may be read and written. */
function boundBytes({ kernel, buffers }: PartRecording): number {
  const times =
    accesses.get(kernel.name) ??
    new Map(
      assemble(kernel.files, kernel.constants).bindings.map(({ name, access }) => [
        name,
        access === 'read_write' ? 2 : 1,
      ]),
    );
  accesses.set(kernel.name, times);
  return Object.entries(buffers).reduce((sum, [name, { size }]) => sum + size * (times.get(name) ?? 0), 0);
}
