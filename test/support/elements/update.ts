/** Updates on the GPU, several one after the other, against the reference's in float64. */
import { PARTIALS } from '../../../gpu/kernels/library.ts';
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { PARTIALS_LENGTH } from '../../../gpu/layers/loss.ts';
import type { TrainingConfiguration } from '../../../gpu/model/configuration.ts';
import { optimizerSlots } from '../../../gpu/model/optimizer.ts';
import {
  clipByNorm,
  clipByValue,
  gradientNorm,
  optimizerStep,
  scheduledRate,
} from '../../../gpu/reference/optimizer.ts';
import {
  CONTROL_WORDS,
  recordUpdate,
  RECORDS,
  SETTINGS_WORDS,
  settingsWords,
} from '../../../gpu/training/update.ts';
import { expectForwardClose } from '../compare.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import type { RandomSource } from '../random.ts';
import { expectSameWords, lengthsOf } from './words.ts';

export interface UpdateCase {
  readonly training: Pick<TrainingConfiguration, 'optimizer' | 'schedule' | 'clipNorm' | 'clipValue'>;
  /** Before the schedule. Left out: the optimiser's. */
  readonly learningRate?: number;
  /** P. */
  readonly length: number;
  /** Updates done before. */
  readonly iteration: number;
  /** One for each update. */
  readonly gradients: readonly Float32Array[];
  readonly parameters: Float32Array;
  readonly slots: Float32Array;
  readonly loss: number;
}

/** From random parameters, slots and gradients, a loss of 0.5. */
export function randomUpdates(
  random: RandomSource,
  training: UpdateCase['training'],
  length: number,
  iteration: number,
  updates: number,
): UpdateCase {
  const slots = optimizerSlots(training.optimizer).map((name) => {
    const values = random.normals(length, 0.1);
    return name.endsWith('.v') ? values.map((value) => value * value) : values; // means of squares
  });
  return {
    training,
    length,
    iteration,
    gradients: Array.from({ length: updates }, () => random.normals(length)),
    parameters: random.normals(length),
    slots: joined(slots, length),
    loss: 0.5,
  };
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(parts.length * length);
  parts.forEach((part, index) => whole.set(part, index * length));
  return whole;
}

/** Parameters, slots and control after all updates of a case; the slots of an optimiser without any are NaN. */
async function runUpdates(
  family: KernelFamily,
  given: UpdateCase,
  mutate?: Mutation,
): Promise<Record<'parameters' | 'slots' | 'control', Float32Array>> {
  const { training, length, iteration, gradients, parameters, slots, loss } = given;
  const partials = new Float32Array(PARTIALS_LENGTH).fill(NaN);
  partials.fill(loss / PARTIALS, 0, PARTIALS);
  const control = new Uint32Array(CONTROL_WORDS + 2 * RECORDS);
  control[0] = iteration;
  const contents = {
    parameters,
    slots,
    partials,
    control,
    settings: settingsWords(training, given.learningRate),
    ...Object.fromEntries(gradients.map((values, index) => [`gradients${index}`, values])),
  };
  const results = await runRecordings(
    { ...lengthsOf(contents), settings: SETTINGS_WORDS },
    contents,
    (buffers) =>
      gradients.flatMap((_, index) => {
        const named = { ...buffers, gradients: buffers[`gradients${index}`]! };
        return recordUpdate(family, named, training.optimizer, length);
      }),
    mutate,
  );
  return { parameters: results['parameters']!, slots: results['slots']!, control: results['control']! };
}

/** All updates are done, and parameters, slots and records are the reference's. */
export async function expectUpdates(
  family: KernelFamily,
  given: UpdateCase,
  mutate?: Mutation,
): Promise<void> {
  const { training, gradients, iteration } = given;
  const { optimizer, schedule, clipNorm, clipValue } = training;
  const actual = await runUpdates(family, given, mutate);
  let parameters = Float64Array.from(given.parameters);
  let state = Float64Array.from(given.slots);
  const records = gradients.flatMap((values, index) => {
    const gradient = Float64Array.from(values);
    const held = clipByValue(gradient, clipValue);
    const clipped = clipByNorm(held, gradientNorm(held), clipNorm);
    const done = iteration + index;
    const rate = scheduledRate(given.learningRate ?? optimizer.learningRate, schedule, done);
    const next = optimizerStep({ ...optimizer, learningRate: rate }, done + 1, parameters, state, clipped);
    [parameters, state] = [Float64Array.from(next.parameters), Float64Array.from(next.state)];
    return [given.loss, gradientNorm(gradient)];
  });
  expectForwardClose(actual.parameters, parameters, 'parameters');
  if (state.length > 0) expectForwardClose(actual.slots, state, 'slots');
  expectSameWords(actual.control.slice(0, 2), Uint32Array.of(iteration + gradients.length, 0), 'control');
  const recorded = gradients.flatMap((_, index) => [...recordAt(actual.control, iteration + index)]);
  expectForwardClose(recorded, records, 'records');
}

/** The first update is refused, and so are all later ones: parameters and slots keep their bits, and the record says why. */
export async function expectRefused(
  family: KernelFamily,
  given: UpdateCase,
  mutate?: Mutation,
): Promise<void> {
  const actual = await runUpdates(family, given, mutate);
  expectSameWords(actual.parameters, wordsOf(given.parameters), 'parameters');
  if (given.slots.length > 0) expectSameWords(actual.slots, wordsOf(given.slots), 'slots');
  expectSameWords(actual.control.slice(0, 2), Uint32Array.of(given.iteration, 1), 'control');
  const record = recordAt(actual.control, given.iteration);
  if (record.every(Number.isFinite)) {
    throw new Error(`record: ${record.join(', ')}, expected one that is not finite.`);
  }
}

/** The same bits. */
function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

function recordAt(control: Float32Array, iteration: number): Float32Array {
  const at = CONTROL_WORDS + 2 * (iteration % RECORDS);
  return control.subarray(at, at + 2);
}
