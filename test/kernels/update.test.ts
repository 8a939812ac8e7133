/** Loss, norm, the decision about an update and the optimisers, each against its formula in float64. */
import { describe, expect, test } from 'vitest';
import { PARTIALS } from '../../gpu/kernels/library.ts';
import type { OptimizerConfiguration } from '../../gpu/model/configuration.ts';
import { optimizerSlots } from '../../gpu/model/optimizer.ts';
import {
  CONTROL_WORDS,
  recordLoss,
  RECORDS,
  recordUpdate,
  settingsWords,
} from '../../gpu/training/iteration.ts';
import { expectForwardClose, expectGradientClose } from '../support/compare.ts';
import { FAMILIES, runRecordings } from '../support/gpu.ts';
import { RandomSource } from '../support/random.ts';

const LENGTHS = [1, 7, 64, PARTIALS + 1, 10_301];
const ADAM = { algorithm: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const OPTIMIZERS: readonly OptimizerConfiguration[] = [
  { algorithm: 'sgd', learningRate: 0.3 },
  { algorithm: 'momentum', learningRate: 0.1, momentum: 0.9 },
  ADAM,
  { ...ADAM, beta1: 0, beta2: 0.5 },
];

test.each(LENGTHS)('mean squared error of %i outputs', async (length) => {
  const random = new RandomSource(length);
  const outputs = random.normals(length);
  const targets = random.normals(length);
  const results = await runRecordings(
    { outputs: length, targets: length, dOutputs: length, partials: 2 * PARTIALS },
    { outputs, targets },
    (buffers) => [recordLoss(buffers, length)],
  );
  const differences = Float64Array.from(outputs, (value, index) => value - targets[index]!);
  const loss = results['partials']!.subarray(0, PARTIALS).reduce((sum, value) => sum + value, 0);
  expectForwardClose([loss], [differences.reduce((sum, value) => sum + value * value, 0) / length], 'loss');
  const values = differences.map((difference) => (2 * difference) / length);
  const magnitude = values.map(
    (_, index) => (2 * (Math.abs(outputs[index]!) + Math.abs(targets[index]!))) / length,
  );
  expectGradientClose(results['dOutputs']!, { values, magnitude }, 'dOutputs');
});

interface UpdateCase {
  readonly optimizer: OptimizerConfiguration;
  readonly clipNorm: number | null;
  readonly iteration: number;
  readonly gradients: Float32Array;
  readonly parameters: Float32Array;
  readonly slots: Float32Array;
}

/** One update on the GPU, from a loss of 0.5. */
async function update(
  family: 'software' | 'hardware',
  given: UpdateCase,
): Promise<Record<string, Float32Array>> {
  const { length } = given.parameters;
  const partials = new Float32Array(2 * PARTIALS).fill(NaN);
  partials.fill(0.5 / PARTIALS, 0, PARTIALS);
  const control = new Uint32Array(CONTROL_WORDS + 2 * RECORDS);
  control[0] = given.iteration;
  return runRecordings(
    {
      parameters: length,
      gradients: length,
      slots: given.slots.length,
      partials: partials.length,
      control: control.length,
      settings: 10,
    },
    {
      parameters: given.parameters,
      gradients: given.gradients,
      slots: given.slots,
      partials,
      control,
      settings: settingsWords(given.optimizer, given.clipNorm),
    },
    (buffers) => recordUpdate(family, buffers, given.optimizer.algorithm, length),
  );
}

/** The same in float64, from the papers' formulas. */
function expectedUpdate(given: UpdateCase): { parameters: Float64Array; slots: Float64Array; norm: number } {
  const { optimizer, clipNorm, iteration } = given;
  const norm = Math.hypot(...given.gradients);
  const scale = clipNorm !== null && norm > clipNorm ? clipNorm / norm : 1;
  const parameters = Float64Array.from(given.parameters);
  const slots = Float64Array.from(given.slots);
  const t = iteration + 1;
  parameters.forEach((weight, index) => {
    const g = given.gradients[index]! * scale;
    const second = parameters.length + index;
    let step = g;
    if (optimizer.algorithm === 'momentum') step = slots[index] = optimizer.momentum * slots[index]! + g;
    if (optimizer.algorithm === 'adam') {
      const { beta1, beta2, epsilon } = optimizer;
      slots[index] = beta1 * slots[index]! + (1 - beta1) * g;
      slots[second] = beta2 * slots[second]! + (1 - beta2) * g * g;
      step = slots[index] / (1 - beta1 ** t) / (Math.sqrt(slots[second] / (1 - beta2 ** t)) + epsilon);
    }
    parameters[index] = weight - optimizer.learningRate * step;
  });
  return { parameters, slots, norm };
}

function randomCase(length: number, optimizer: OptimizerConfiguration, seed: number): UpdateCase {
  const random = new RandomSource(seed);
  const slots = random.normals(length * optimizerSlots(optimizer).length, 0.1);
  return {
    optimizer,
    clipNorm: random.pick([null, 0.5, 1e6]),
    iteration: random.pick([0, 1, 9, 999, 100_000]),
    gradients: random.normals(length),
    parameters: random.normals(length),
    slots:
      optimizer.algorithm === 'adam'
        ? slots.map((value, index) => (index < length ? value : value * value))
        : slots,
  };
}

describe.each(FAMILIES)('%s kernels', (family) => {
  describe.each(OPTIMIZERS)('$algorithm', (optimizer) => {
    test.each(LENGTHS)('%i parameters', async (length) => {
      for (let seed = 1; seed <= 3; seed += 1) {
        const given = randomCase(length, optimizer, 100 * length + seed);
        const actual = await update(family, given);
        const expected = expectedUpdate(given);
        expectForwardClose(actual['parameters']!, expected.parameters, 'parameters');
        if (expected.slots.length > 0) expectForwardClose(actual['slots']!, expected.slots, 'slots');
        const words = new Uint32Array(actual['control']!.slice().buffer);
        expect([...words.subarray(0, 2)]).toEqual([given.iteration + 1, 0]);
        const record = CONTROL_WORDS + 2 * (given.iteration % RECORDS);
        expectForwardClose(actual['control']!.subarray(record, record + 2), [0.5, expected.norm], 'record');
      }
    });
  });

  test.each([NaN, Infinity, -Infinity, 3e38])('a gradient of %f is refused', async (bad) => {
    for (const optimizer of OPTIMIZERS) {
      const given = randomCase(100, optimizer, 7);
      given.gradients[63] = bad;
      const actual = await update(family, given);
      expect(actual['parameters']).toEqual(given.parameters);
      expect(actual['slots']).toEqual(given.slots);
      const words = new Uint32Array(actual['control']!.slice().buffer);
      expect([...words.subarray(0, 2)]).toEqual([given.iteration, 1]);
    }
  });
});
