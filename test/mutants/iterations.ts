/** Whole iterations of training, recorded as a run records them, against the reference's. */
import {
  openReferenceEngine,
  type RunConfiguration,
  type TrainingData,
  type TrainingState,
} from '../../gpu/index.ts';
import type { KernelChoice } from '../../gpu/kernels/choice.ts';
import { buildNetwork } from '../../gpu/model/network.ts';
import { dataContents } from '../../gpu/training/batch.ts';
import { recordIteration } from '../../gpu/training/iteration.ts';
import { runSizes } from '../../gpu/training/memory.ts';
import { CONTROL_WORDS, RECORDS, settingsWords } from '../../gpu/training/update.ts';
import { expectForwardClose } from '../support/compare.ts';
import type { Numbers } from '../../gpu/reference/oracle.ts';
import { build, type Choice, OPTION_NAMES, OPTIONS, type Sizes } from '../support/configurations.ts';
import { runRecordings } from '../support/gpu.ts';
import { roundToHalf } from '../support/half.ts';
import type { Compare } from '../support/mutation.ts';
import { randomParameters } from '../support/problem.ts';
import { firstIteration, roundingsLike } from '../support/rounded.ts';
import { RandomSource } from '../support/random.ts';
import { lazily } from './problems.ts';

/** The first level of every option. */
const PLAIN = Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name][0]])) as Choice;

export const SIZES: Sizes = { steps: 5, batch: 3, hidden: 3, features: 2, outputs: 2, sourceSteps: 4 };

/** More than an epoch of two windows, so that the states that they carry begin anew. */
const ITERATIONS = 3;

/**
 * Losses, gradient norms, parameters and carried states after a few steps of plain gradient descent, so large that an error
 * of any gradient shows in the parameters.
 * @param options what is chosen besides the first levels.
 * @param kernels those that are not the simple step's for a software adapter. Where parameters are rounded, the gradient of
 * the first iteration is that of rounded ones, and it moves those that are not.
 */
export function iterationCompare(
  options: Partial<Choice>,
  { family = 'software', ...kernels }: Partial<KernelChoice> = {},
): Compare {
  return lazily(() => {
    const { configuration: drawn, data } = build({ ...PLAIN, ...options }, SIZES, new RandomSource(21));
    if ('lengths' in data) vary(data.lengths);
    const optimizer = { algorithm: 'sgd', learningRate: 0.5 } as const;
    const configuration: RunConfiguration = {
      ...drawn,
      training: { ...drawn.training, optimizer },
      kernels,
    };
    const { model, training } = configuration;
    const network = buildNetwork(model);
    const parameters = randomParameters(new RandomSource(22), model);
    const isRounded = kernels.precision === 'float16';
    const iterations = isRounded ? 1 : ITERATIONS;
    const whole = isRounded ? undefined : trained(configuration, data, parameters);
    const sizes: Record<string, number> = runSizes(network, configuration, data);
    // A run's buffers are zeroed when it begins; only what it writes itself would be NaN here.
    const zeros = Object.entries(sizes).map(([name, words]) => [name, new Float32Array(words)]);
    const contents = {
      ...Object.fromEntries(zeros),
      ...Object.fromEntries(dataContents(configuration, data)),
      parameters,
      settings: settingsWords(training),
    };
    return async (mutate) => {
      const actual = await runRecordings(
        sizes,
        contents,
        (buffers) => {
          const once = recordIteration(family, network, configuration, data, buffers);
          return Array.from({ length: iterations }, () => once).flat();
        },
        mutate,
      );
      const expected = (await whole) ?? roundedIteration(configuration, data, parameters, actual);
      const told = actual['control']!.subarray(CONTROL_WORDS, CONTROL_WORDS + 2 * RECORDS);
      const { records } = expected;
      expectForwardClose(told.subarray(0, records.length), records, 'losses and gradient norms');
      expectForwardClose(actual['parameters']!, expected.parameters, 'parameters');
      if (data.kind === 'streams') expectForwardClose(carriedOf(actual), expected.carried, 'carried states');
    };
  });
}

/** What iterations leave. */
interface Trained {
  /** Losses and gradient norms, by turns. */
  readonly records: readonly number[];
  readonly parameters: Numbers;
  readonly carried: Numbers;
}

async function trained(
  configuration: RunConfiguration,
  data: TrainingData,
  parameters: Float32Array,
): Promise<Trained> {
  const state: TrainingState = { iteration: 0, parameters, optimizerState: new Float32Array() };
  const run = await openReferenceEngine().createRun(configuration, data, state);
  const records = await run.advance(ITERATIONS);
  const { parameters: moved, carriedStates = [] } = await run.capture();
  return {
    records: records.flatMap(({ loss, gradientNorm }) => [loss, gradientNorm]),
    parameters: moved,
    carried: carriedStates,
  };
}

/** The gradient of rounded parameters, and of h rounded as in these buffers, moves parameters that are not rounded. */
function roundedIteration(
  configuration: RunConfiguration,
  data: TrainingData,
  parameters: Float32Array,
  buffers: Readonly<Record<string, Float32Array>>,
): Trained {
  const states = Object.entries(buffers).filter(([name]) => name.endsWith('.states'));
  const hidden = new Map(states.map(([name, values]) => [name.slice(0, -'.states'.length), values]));
  const { loss, gradient, finalStates } = firstIteration(
    configuration,
    data,
    parameters.map(roundToHalf),
    roundingsLike(hidden),
  );
  const { learningRate } = configuration.training.optimizer;
  return {
    records: [loss, Math.hypot(...gradient.values)],
    parameters: gradient.values.map((d, index) => parameters[index]! - learningRate * d),
    carried: finalStates.flatMap((state) => [...state]),
  };
}

/** 5, 3, 1, 4, 2: whichever examples are drawn, some last to the end and some do not. */
function vary(lengths: Uint32Array = new Uint32Array()): void {
  for (let index = 0; index < lengths.length; index += 1) {
    lengths[index] = SIZES.steps - ((2 * index) % SIZES.steps);
  }
}

/** In the order in which the sizes name them, which is that of the layers. */
function carriedOf(buffers: Readonly<Record<string, Float32Array>>): Float32Array {
  const parts = Object.entries(buffers).filter(([name]) => name.endsWith('.carried'));
  return Float32Array.from(parts.flatMap(([, values]) => [...values]));
}
