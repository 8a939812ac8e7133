/** One drawn configuration on the GPU against the reference, and what is told where they differ. */
import type {
  Engine,
  Examination,
  IterationRecord,
  KernelChoice,
  RunConfiguration,
  TrainingState,
} from '../../gpu/index.ts';
import { optimizerSlots } from '../../gpu/model/optimizer.ts';
import { gradientNorm } from '../../gpu/reference/optimizer.ts';
import { type Gradient, referenceExamine, type ReferenceRequest } from '../../gpu/reference/oracle.ts';
import { WebGpuRun } from '../../gpu/training/webgpu-run.ts';
import {
  expectForwardClose,
  expectLossesClose,
  expectParameterGradientsClose,
  GRADIENT_TOLERANCE,
} from './compare.ts';
import { build, type Drawn, type Sizes } from './configurations.ts';
import { testDevice } from './gpu.ts';
import { roundToHalf } from './half.ts';
import { watchBuffers } from './hidden.ts';
import { canBe, type Draw } from './pairs.ts';
import { randomParameters } from './problem.ts';
import { RandomSource } from './random.ts';
import { firstIteration, roundingsLike } from './rounded.ts';

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
  const slots = optimizerSlots(training.optimizer).length;
  const optimizerState = new Float32Array(slots * parameters.length);
  const state: TrainingState = { iteration: 0, parameters, optimizerState };
  const { device, pipelines } = await testDevice();
  const on = { device, pipelines, family: kernels.family, latency: 0 };
  const start = (configuration: RunConfiguration): Promise<WebGpuRun> =>
    WebGpuRun.create(on, { ...configuration, kernels }, drawn.data, state);
  if (kernels.precision === 'float16') return compareRounded(start, drawn, parameters);
  const run = await start(drawn.configuration);
  try {
    compareExamination(await run.examine(drawn.examples, drawn.request), drawn, parameters);
    const theirs = await reference.createRun(drawn.configuration, drawn.data, state);
    const [ours, expected] = [await run.advance(ITERATIONS), await theirs.advance(ITERATIONS)];
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

/** The reference reads rounded parameters and rounds each h, so until the first update it agrees as well as ever. */
async function compareRounded(
  start: (configuration: RunConfiguration) => Promise<WebGpuRun>,
  drawn: Drawn,
  parameters: Float32Array,
): Promise<void> {
  const { configuration, data } = drawn;
  const { keepEvery, ...training } = configuration.training;
  const read = parameters.map(roundToHalf);
  const { device } = await testDevice();
  const watched = watchBuffers(device);
  const runs: WebGpuRun[] = [];
  try {
    // The run that keeps every h tells what was made of each.
    const run = await start({ ...configuration, training });
    runs.push(run);
    const examination = await run.examine(drawn.examples, drawn.request);
    compareExamination(examination, drawn, read, roundingsLike(await watched.hidden('examiner')));
    const records = [...(await run.advance(1))];
    const expected = firstIteration(configuration, data, read, roundingsLike(await watched.hidden('run')));
    if (keepEvery !== undefined) {
      const recomputing = await start(configuration);
      runs.push(recomputing);
      records.push(...(await recomputing.advance(1)));
    }
    for (const record of records) expectFirstRecord(record, expected);
  } finally {
    watched.end();
    for (const run of runs) run.destroy();
  }
}

/** A record's norm is that of the gradient before it is clipped. Two norms differ by no more than ‖g − g′‖₂. */
function expectFirstRecord(
  record: IterationRecord,
  { loss, gradient }: { readonly loss: number; readonly gradient: Gradient },
): void {
  expectLossesClose([record.loss + 1], [loss + 1], LOSS_TOLERANCE);
  const norm = gradientNorm(gradient.values);
  const allowed = GRADIENT_TOLERANCE * gradientNorm(gradient.magnitude);
  if (!(Math.abs(record.gradientNorm - norm) <= allowed)) {
    throw new Error(`gradient norm: ${record.gradientNorm}, expected ${norm}, within ${allowed}.`);
  }
}

function compareExamination(
  actual: Examination,
  drawn: Drawn,
  parameters: Float32Array,
  roundings?: ReferenceRequest['roundings'],
): void {
  const { configuration, examples, request } = drawn;
  const { model, training } = configuration;
  const asked = { ...request, ...(roundings ? { roundings } : {}) };
  const expected = referenceExamine(model, training, parameters, examples, asked);
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
