/** A task, a seed: training until the bar is reached, and what was reached then. */
import { type Engine, type Examples, initialState, type TrainingRun } from '../../gpu/index.ts';
import { RandomSource } from '../../test/support/random.ts';
import { hasReached, type Task } from './task.ts';

/** Iterations from one look at the held-out examples to the next. */
const LOOK_EVERY = 50;
/** Examples of a look, and of the final figure. */
const LOOKED_AT = 256;
const JUDGED_BY = 512;

export interface Outcome {
  readonly task: Task;
  readonly seed: number;
  /** Done when the looks were first past the bar; the limit where they never were. */
  readonly iterations: number;
  /** Of fresh examples, that neither training nor the looks have used. */
  readonly score: number;
  /** Of the looks: the lowest error or the highest accuracy. */
  readonly best: number;
  /** Whether it came as it should: the bar reached, or, where it ought not to be, never reached. */
  readonly passed: boolean;
  readonly seconds: number;
}

/**
 * Trains until held-out examples say that the bar is passed, with something to spare, or the limit is reached.
 * Training, looks and the final figure each have examples of their own, which follow from the seed.
 */
export async function train(
  engine: Engine,
  task: Task,
  seed: number,
  watch: (iteration: number, loss: number, score: number) => void,
): Promise<Outcome> {
  const began = performance.now();
  const configuration = task.configuration(seed);
  const data = task.training(new RandomSource(3 * seed));
  const looked = task.heldOut(new RandomSource(3 * seed + 1), LOOKED_AT);
  const run = await engine.createRun(configuration, data, initialState(configuration));
  const isBetter = (score: number, than: number) =>
    task.measure === 'accuracy' ? score > than : score < than;
  let iterations = 0;
  let best = task.measure === 'accuracy' ? 0 : Infinity;
  try {
    while (iterations < task.limit && !hasReached(withMargin(task), best)) {
      const records = await run.advance(LOOK_EVERY);
      if (records.length < LOOK_EVERY) {
        throw new Error(
          `${task.name}, seed ${seed}: the loss or gradient is not finite after ${iterations} iterations.`,
        );
      }
      iterations += LOOK_EVERY;
      const score = await scoreOf(run, task, looked);
      if (isBetter(score, best)) best = score;
      watch(iterations, records.at(-1)!.loss, score);
    }
    const score = await scoreOf(run, task, task.heldOut(new RandomSource(3 * seed + 2), JUDGED_BY));
    const reached = hasReached(task, score);
    const passed = task.learnable ? reached : !reached && !hasReached(task, best);
    return { task, seed, iterations, score, best, passed, seconds: (performance.now() - began) / 1000 };
  } finally {
    run.destroy();
  }
}

/** The looks are few examples: they must be some way past the bar where it is to be reached. */
function withMargin(task: Task): Task {
  if (!task.learnable) return task;
  return { ...task, bar: task.measure === 'accuracy' ? task.bar + (1 - task.bar) / 4 : task.bar * 0.9 };
}

async function scoreOf(run: TrainingRun, task: Task, examples: Examples): Promise<number> {
  const { outputs } = await run.examine(examples);
  return task.score(outputs, examples);
}
