/** Norm, clipping, schedule, the decision about an update and the optimisers, many updates in a row, against float64. */
import { describe, expect, test } from 'vitest';
import { PARTIALS } from '../../gpu/kernels/library.ts';
import type { OptimizerConfiguration, ScheduleConfiguration } from '../../gpu/model/configuration.ts';
import { expectRefused, expectUpdates, randomUpdates } from '../support/elements/update.ts';
import { FAMILIES } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

const UPDATES = 12;
const LENGTHS = [1, 7, 64, PARTIALS + 1, 10_301];
const ADAM = { algorithm: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const RMSPROP = { algorithm: 'rmsprop', learningRate: 0.01, decay: 0.9, epsilon: 1e-7 } as const;

const OPTIMIZERS: readonly OptimizerConfiguration[] = [
  { algorithm: 'sgd', learningRate: 0.3 },
  { algorithm: 'sgd', learningRate: 0.1, weightDecay: 0.2 },
  { algorithm: 'momentum', learningRate: 0.1, momentum: 0.9 },
  { algorithm: 'momentum', learningRate: 0.1, momentum: 0, weightDecay: 0.01 },
  { algorithm: 'nesterov', learningRate: 0.1, momentum: 0.9 },
  { algorithm: 'nesterov', learningRate: 0.05, momentum: 0.5, weightDecay: 0.3 },
  RMSPROP,
  { ...RMSPROP, decay: 0, epsilon: 0.1, weightDecay: 0.5 },
  ADAM,
  { ...ADAM, beta1: 0, beta2: 0.5 },
  { ...ADAM, epsilon: 0.05, weightDecay: 0.1 },
  { ...ADAM, algorithm: 'adamw', weightDecay: 0.4, learningRate: 0.1 },
  { ...ADAM, algorithm: 'adamw' },
];

const SCHEDULES: readonly ScheduleConfiguration[] = [
  { kind: 'constant' },
  { kind: 'step', every: 4, factor: 0.5 },
  { kind: 'step', every: 1, factor: 1.1 },
  { kind: 'step', every: 7, factor: 1 },
  { kind: 'cosine', iterations: 9 },
  { kind: 'cosine', iterations: 1000 },
  { kind: 'warm-up', iterations: 10 },
  { kind: 'warm-up', iterations: 1 },
];

const name = (value: unknown): string => JSON.stringify(value);

describe.each(FAMILIES)('%s kernels', (family) => {
  describe.each(OPTIMIZERS.map((optimizer) => ({ what: name(optimizer), optimizer })))(
    '$what',
    ({ optimizer }) => {
      test.each(LENGTHS)('%i parameters', async (length) => {
        for (let seed = 1; seed <= 3; seed += 1) {
          const random = new RandomSource(100 * length + seed);
          const clipValue = random.pick([undefined, 0.7, 100]);
          const training = {
            optimizer,
            schedule: random.pick(SCHEDULES),
            clipNorm: random.pick([null, 0.5, 1e6]),
            ...(clipValue === undefined ? {} : { clipValue }),
          };
          const iteration = random.pick([0, 1, 9, 999, 1020]);
          await expectUpdates(family, randomUpdates(random, training, length, iteration, UPDATES));
        }
      });
    },
  );

  test.each(OPTIMIZERS.map((optimizer) => ({ what: name(optimizer), optimizer })))(
    'late updates of $what',
    async ({ optimizer }) => {
      const given = randomUpdates(new RandomSource(5), { optimizer, clipNorm: null }, 40, 1_000_000, UPDATES);
      await expectUpdates(family, given);
    },
  );

  test.each(SCHEDULES.map((schedule) => ({ what: name(schedule), schedule })))(
    'schedule $what over its length, and a rate set on the way',
    async ({ schedule }) => {
      const optimizer = { algorithm: 'sgd', learningRate: 0.1 } as const;
      for (const learningRate of [0.1, 0.7]) {
        const given = randomUpdates(new RandomSource(8), { optimizer, schedule, clipNorm: null }, 3, 0, 24);
        await expectUpdates(family, { ...given, learningRate });
      }
    },
  );

  test('a rate’s digits at the end of a cosine and after many steps down', async () => {
    const optimizer = { algorithm: 'sgd', learningRate: 1 } as const;
    const ends = [
      { schedule: { kind: 'cosine', iterations: 1000 }, iteration: 995, learningRate: 1e5 },
      { schedule: { kind: 'step', every: 3, factor: 0.9 }, iteration: 300, learningRate: 3e4 },
    ] as const;
    for (const { schedule, iteration, learningRate } of ends) {
      const given = randomUpdates(
        new RandomSource(9),
        { optimizer, schedule, clipNorm: null },
        30,
        iteration,
        4,
      );
      await expectUpdates(family, { ...given, parameters: new Float32Array(30), learningRate });
    }
  });
});

describe.each(FAMILIES)('what is refused, %s kernels', (family) => {
  describe.each(OPTIMIZERS.map((optimizer) => ({ what: name(optimizer), optimizer })))(
    '$what',
    ({ optimizer }) => {
      const given = randomUpdates(new RandomSource(7), { optimizer, clipNorm: null }, 100, 3, 2);

      test.each([NaN, Infinity, -Infinity, 3e38])(
        'a gradient of %f, clipped by value or not',
        async (bad) => {
          for (const clipValue of [1, 1e30]) {
            const gradients = [given.gradients[0]!.with(63, bad), given.gradients[1]!];
            await expectRefused(family, { ...given, training: { ...given.training, clipValue }, gradients });
          }
        },
      );

      test.each([NaN, Infinity])('a loss of %f', async (loss) => {
        await expectRefused(family, { ...given, loss });
      });

      test('a step beyond the largest number, before any of it is written', async () => {
        const parameters = given.parameters.with(99, 3e38);
        await expectRefused(family, { ...given, parameters: parameters.with(3, -3e38), learningRate: 3e38 });
      });

      test('not a step that is only large', async () => {
        await expectUpdates(family, { ...given, gradients: given.gradients.slice(0, 1), learningRate: 1e30 });
      });
    },
  );

  test('a schedule that grows beyond the largest number', async () => {
    const optimizer = { algorithm: 'sgd', learningRate: 1 } as const;
    const schedule = { kind: 'step', every: 1, factor: 1e30 } as const;
    const given = randomUpdates(new RandomSource(7), { optimizer, schedule, clipNorm: null }, 100, 3, 2);
    await expectRefused(family, given);
  });

  test.each([RMSPROP, ADAM])(
    'not rate times gradient beyond the largest number, where the step is not: $algorithm',
    async (optimizer) => {
      const given = randomUpdates(new RandomSource(7), { optimizer, clipNorm: null }, 100, 3, 1);
      const gradients = given.gradients.map((values) => values.map((value) => 1e15 * value));
      await expectUpdates(family, {
        ...given,
        slots: given.slots.map(() => 0),
        gradients,
        learningRate: 1e30,
      });
    },
  );

  test.each([RMSPROP, ADAM])(
    'a mean of squares that would overflow where the step is 0, $algorithm',
    async (kept) => {
      const optimizer = { ...kept, weightDecay: 1e6 };
      const given = randomUpdates(new RandomSource(7), { optimizer, clipNorm: null }, 100, 3, 2);
      await expectRefused(family, { ...given, parameters: given.parameters.map(() => 1e19) });
    },
  );
});

test('refusals are counted as such where they are looked for', async () => {
  const given = randomUpdates(
    new RandomSource(7),
    { optimizer: { algorithm: 'sgd', learningRate: 0.1 }, clipNorm: null },
    10,
    3,
    2,
  );
  await expect(expectRefused('software', given)).rejects.toThrow('words differ');
});
