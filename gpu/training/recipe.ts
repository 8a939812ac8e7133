/** What a trainer's runs are made of, as it stands now. */
import type { KernelChoice } from '../kernels/choice.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type { Engine, TrainingRun, TrainingState, WindowedSeries } from '../model/engine.ts';
import { validateLearningRate, validateValues } from '../model/validate-requests.ts';
import { validateConfiguration } from '../model/validation.ts';

/** Answers with the kernels known to be the fastest for a configuration on an engine; undefined: nothing is known. */
export type KnownKernels = (
  engine: Engine,
  configuration: RunConfiguration,
) => Promise<KernelChoice | undefined>;

export class RunRecipe {
  /** As it was asked for: kernels left open are chosen on each engine anew. */
  configuration: RunConfiguration;
  series: WindowedSeries;
  readonly #known: KnownKernels;

  constructor(configuration: RunConfiguration, series: WindowedSeries, known: KnownKernels) {
    this.configuration = configuration;
    this.series = series;
    this.#known = known;
  }

  /** The kernels of a run on an engine; undefined of the reference, which has none. */
  async kernelsOn(engine: Engine): Promise<KernelChoice | undefined> {
    const [byDefault] = engine.kernelChoices(this.configuration);
    return byDefault && ((await this.#known(engine, this.configuration)) ?? byDefault);
  }

  /**
   * A run on an engine that goes on from a state.
   * @throws ConfigurationError, OutOfMemoryError, LimitError, DeviceLostError
   */
  async make(engine: Engine, state: TrainingState): Promise<TrainingRun> {
    const kernels = await this.kernelsOn(engine);
    return engine.createRun({ ...this.configuration, ...(kernels && { kernels }) }, this.series, state);
  }

  /** Brings a run that was long in the making up to what stands now, and to a state. */
  refresh(run: TrainingRun, state: TrainingState): void {
    run.restore(state);
    run.setSeries(this.series.values);
    run.setLearningRate(this.configuration.training.optimizer.learningRate);
  }

  /** @throws ConfigurationError: the rate then stays. */
  setLearningRate(learningRate: number): void {
    validateLearningRate(learningRate);
    const { training } = this.configuration;
    const optimizer = { ...training.optimizer, learningRate };
    this.configuration = { ...this.configuration, training: { ...training, optimizer } };
  }

  /** @throws ConfigurationError: the series then stays. */
  setSeries(values: Float32Array): void {
    validateValues(values, this.series.values.length);
    this.series = { ...this.series, values };
  }

  /** @throws ConfigurationError: the kernels then stay. */
  setKernels(kernels: Partial<KernelChoice>): void {
    const configuration = { ...this.configuration, kernels };
    validateConfiguration(configuration);
    this.configuration = configuration;
  }
}

/** Resolves when a run is ready to train; where it cannot be, it is given back. @throws what its kernels' compilation throws. */
export async function compiled(run: TrainingRun): Promise<void> {
  try {
    await run.advance(0);
  } catch (error) {
    run.destroy();
    throw error;
  }
}
