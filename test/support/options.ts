/** One drawn configuration on the GPU against the reference, and what is told where they differ. */
import type { Engine, KernelChoice, TrainingState } from '../../gpu/index.ts';
import { optimizerSlots } from '../../gpu/model/optimizer.ts';
import { referenceExamine } from '../../gpu/reference/oracle.ts';
import { WebGpuRun } from '../../gpu/training/webgpu-run.ts';
import { expectForwardClose, expectLossesClose, expectParameterGradientsClose } from './compare.ts';
import { build, type Drawn, type Sizes } from './configurations.ts';
import { testDevice } from './gpu.ts';
import { roundToHalf } from './half.ts';
import { canBe, type Draw } from './pairs.ts';
import { randomParameters } from './problem.ts';
import { RandomSource } from './random.ts';

/** Iterations trained on both engines. */
const ITERATIONS = 3;
/** Relative, of a loss after so many updates: Adam's ε keeps a small gradient's sign from deciding. */
const LOSS_TOLERANCE = 1e-5;

/** What a configuration is run with: of what is left out the simplest. */
export type Kernels = Pick<KernelChoice, 'family'> & Partial<KernelChoice>;

/** @throws Error that says what differs, for which seed, and the smallest sizes that still fail. */
export async function expectAsReference(draw: Draw, kernels: Kernels, reference: Engine): Promise<void> {
  try {
    await compare(draw, kernels, reference);
  } catch (error) {
    const smallest = await shrink(draw, kernels, reference);
    const told = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${told}\nseed ${draw.seed}, kernels ${JSON.stringify(kernels)}\n${JSON.stringify(draw.choice)}\n` +
        `sizes ${JSON.stringify(draw.sizes)}; the smallest that fail ${JSON.stringify(smallest)}`,
      { cause: error },
    );
  }
}

async function compare(draw: Draw, kernels: Kernels, reference: Engine): Promise<void> {
  const drawn = build(draw.choice, draw.sizes, new RandomSource(draw.seed));
  const { model, training } = drawn.configuration;
  const parameters = randomParameters(new RandomSource(draw.seed + 1_000_000), model);
  // With rounded parameters the reference agrees as well as ever, until an update of those that were not.
  const isRounded = kernels.weights === 'float16';
  const read = isRounded ? parameters.map(roundToHalf) : parameters;
  const iterations = isRounded ? 1 : ITERATIONS;
  const slots = optimizerSlots(training.optimizer).length;
  const optimizerState = new Float32Array(slots * parameters.length);
  const state: TrainingState = { iteration: 0, parameters, optimizerState };
  const { device, pipelines } = await testDevice();
  const on = { device, pipelines, family: kernels.family, latency: 0 };
  const run = await WebGpuRun.create(on, { ...drawn.configuration, kernels }, drawn.data, state);
  try {
    await compareExamination(run, drawn, read);
    const theirs = await reference.createRun(drawn.configuration, drawn.data, {
      ...state,
      parameters: read,
    });
    const [ours, expected] = [await run.advance(iterations), await theirs.advance(iterations)];
    expectLossesClose(
      ours.map(({ loss }) => loss + 1),
      expected.map(({ loss }) => loss + 1),
      LOSS_TOLERANCE,
    );
    theirs.destroy();
  } finally {
    run.destroy();
  }
}

async function compareExamination(run: WebGpuRun, drawn: Drawn, parameters: Float32Array): Promise<void> {
  const { configuration, examples, request } = drawn;
  const { model, training } = configuration;
  const expected = referenceExamine(model, training, parameters, examples, request);
  const actual = await run.examine(examples, request);
  expectForwardClose(actual.outputs, expected.outputs, 'outputs');
  actual.finalStates.forEach((states, layer) =>
    expectForwardClose(states, expected.finalStates[layer]!, `final states of layer ${layer}`),
  );
  if (actual.attention) expectForwardClose(actual.attention, expected.attention!, 'attention');
  expectForwardClose([actual.loss], [expected.loss], 'loss');
  expectParameterGradientsClose(model, actual.gradient!, expected.gradient!);
}

/** Takes one size after the other down while the comparison still fails. */
async function shrink(draw: Draw, kernels: Kernels, reference: Engine): Promise<Sizes> {
  let sizes = draw.sizes;
  for (const name of Object.keys(sizes) as (keyof Sizes)[]) {
    for (let size = 1; size < sizes[name]; size += 1) {
      const smaller = { ...sizes, [name]: size };
      if (!canBe(draw.choice, smaller, draw.seed)) continue;
      const fails = await compare({ ...draw, sizes: smaller }, kernels, reference).then(
        () => false,
        () => true,
      );
      if (fails) {
        sizes = smaller;
        break;
      }
    }
  }
  return sizes;
}
