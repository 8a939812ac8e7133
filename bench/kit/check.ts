/**
 * The comparisons of the kernel tests on whatever adapter Dawn finds: `check.mjs [N]`, N random shapes of every cell, by
 * every choice of kernels, in training and in continuations, against the float64 reference. Exits with 1 where one fails.
 */
import '../../test/support/dawn.ts';
import { type Engine, type ExampleSet, type KernelChoice, openEngine } from '../../gpu/index.ts';
import type { LayerInside } from '../../gpu/model/engine.ts';
import { referenceExamine } from '../../gpu/reference/oracle.ts';
import { continuationCompare, type ContinuationKernels } from '../../test/support/continuation.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../../test/support/compare.ts';
import { roundToHalf } from '../../test/support/half.ts';
import { type Hidden, roundingsLike } from '../../test/support/rounded.ts';
import { randomProblem, type Shape } from '../../test/support/problem.ts';
import { RandomSource } from '../../test/support/random.ts';
import { CELLS, type CellName } from '../cases.ts';

const SHAPES = Number(process.argv[2] ?? 30);

/** Large enough that the kernels for a GPU take their largest blocks and most rows and columns: for GPUs only. */
const LARGE: Shape = { steps: 3, batch: 128, inputSize: 130, hiddenSizes: [1000], outputSize: 70 };

const VARIANTS: readonly Partial<KernelChoice>[] = [
  ...(['software', 'hardware'] as const).flatMap((family): Partial<KernelChoice>[] => [
    { family, recurrence: 'unfused' },
    { family, recurrence: 'steps' },
    { family, recurrence: 'steps', hoisted: true },
    { family, recurrence: 'sequence' },
    { family, recurrence: 'sequence', hoisted: true },
  ]),
  { family: 'hardware', recurrence: 'steps', precision: 'float16' },
  { family: 'hardware', recurrence: 'sequence', precision: 'float16' },
];

const CONTINUATIONS: readonly ContinuationKernels[] = [
  { family: 'software', continuation: 'steps' },
  { family: 'software', continuation: 'sequence' },
  { family: 'hardware', continuation: 'steps' },
  { family: 'hardware', continuation: 'sequence' },
];

function shape(random: RandomSource): Shape {
  return {
    steps: random.pick([1, 2, 5, 17]),
    batch: random.pick([1, 3, 8, 17, 50, 65]),
    inputSize: random.pick([1, 2, 9, 33]),
    hiddenSizes: Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick([1, 3, 20, 65, 100, 129])),
    outputSize: random.pick([1, 3, 7]),
  };
}

/** With the initial states, which are zeros, before them. */
function hiddenOf(inside: readonly LayerInside[], steps: number): Hidden {
  return new Map(
    inside.map(({ states }, layer) => {
      const h = states['h']!;
      const before = h.length / steps;
      const all = new Float32Array(before + h.length);
      all.set(h, before);
      return [`l${layer}`, all];
    }),
  );
}

/** Outputs, loss and gradients of examples that start from zero states. @throws Error that says what differs. */
async function compare(
  engine: Engine,
  cell: CellName,
  kernels: Partial<KernelChoice>,
  seed: number,
): Promise<void> {
  const random = new RandomSource(seed);
  const isLarge = seed === 1 && kernels.family === 'hardware' && !engine.description.software;
  const sizes = isLarge ? LARGE : shape(random);
  const problem = randomProblem(random, cell, cell === 'lstm' ? 2 : 1, sizes);
  const { model, parameters, inputs, targets, batch, steps } = problem;
  const training = {
    batchSize: batch,
    sequenceLength: steps,
    optimizer: { algorithm: 'sgd', learningRate: 0.1 },
    clipNorm: null,
    initializer: 'glorot',
    seed,
  } as const;
  const examples: ExampleSet = { kind: 'examples', count: batch, steps, inputs, targets };
  const isRounded = kernels.precision === 'float16';
  const read = isRounded ? parameters.map(roundToHalf) : parameters;
  const state = { iteration: 0, parameters, optimizerState: new Float32Array(0) };
  const run = await engine.createRun({ model, training, kernels }, examples, state);
  try {
    const actual = await run.examine(examples, { gradient: true, inside: isRounded });
    const expected = referenceExamine(model, training, read, examples, {
      gradient: true,
      ...(actual.inside ? { roundings: roundingsLike(hiddenOf(actual.inside, steps)) } : {}),
    });
    expectForwardClose(actual.outputs, expected.outputs, 'outputs');
    expectForwardClose([actual.loss], [expected.loss], 'loss');
    expectParameterGradientsClose(model, actual.gradient!, expected.gradient!);
  } finally {
    run.destroy();
  }
}

/** What a continuation says, of random sizes. @throws Error that says what differs. */
async function compareContinuation(
  cell: CellName,
  kernels: ContinuationKernels,
  seed: number,
): Promise<void> {
  const random = new RandomSource(seed);
  const window = random.pick([0, 0, 3, 12]);
  const wanted = {
    layers: [{ cell, hiddenSize: random.pick([1, 3, 20, 65, 100, 129, 176]) }],
    features: random.pick([1, 1, 3]),
    seedLength: window || random.pick([1, 20]),
    steps: random.pick([1, 8, 40]),
    window,
    draws: random.pick([1, 1, 4, 17]),
    noise: random.pick([0, 0.3]),
  };
  await continuationCompare(wanted, kernels)();
}

let passed = 0;
let failed = 0;

async function check(what: string, comparison: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= SHAPES; seed += 1) {
    try {
      await comparison(seed);
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`${what}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const { engine, notice } = await openEngine();
if (notice) throw new Error(notice);
console.log(engine.description.label);
for (const cell of CELLS) {
  for (const kernels of VARIANTS) {
    await check(`${cell}, ${JSON.stringify(kernels)}`, (seed) => compare(engine, cell, kernels, seed));
  }
  for (const kernels of CONTINUATIONS) {
    await check(`${cell}, ${JSON.stringify(kernels)}`, (seed) => compareContinuation(cell, kernels, seed));
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
