/**
 * Which kernels a run takes: those that the reader has set; otherwise those that were measured to be the fastest for its
 * shape on this adapter; before that was measured, the engine's own choice.
 */
import {
  DeviceLostError,
  type KernelChoice,
  type KnownKernels,
  OutOfMemoryError,
  sameKernels,
  type Trainer,
  type TuneProgress,
  type Tuning,
} from '../../gpu/index.ts';
import type { KernelSetting } from '../notebook/schema.ts';
import type { KernelReport, LoadedRun } from './protocol.ts';
import { tuningKey, type Tunings } from './tunings.ts';

const SETTINGS: Readonly<Record<KernelSetting, Partial<KernelChoice>>> = {
  automatic: {},
  steps: { recurrence: 'steps', continuation: 'steps', hoisted: false },
  hoisted: { recurrence: 'steps', continuation: 'steps', hoisted: true },
  sequence: { recurrence: 'sequence', continuation: 'sequence' },
  rounded: { precision: 'float16' },
};

/** What a setting asks for; the rest is left open. */
export function askedKernels(setting: KernelSetting): Partial<KernelChoice> {
  return SETTINGS[setting];
}

/** Why a measurement is given up: what was to follow it is given up too, or goes on with the kernels that were set. */
type Interruption = 'paused' | 'set';

/** What a file says of kernels, where that is not what runs here: the same iterations then end in other bits. */
export function kernelsApart(
  saved: Partial<KernelChoice> | undefined,
  here: KernelChoice | null,
): LoadedRun['otherKernels'] {
  if (!saved || !here) return null;
  // What continues a sequence does not train.
  const whole = { ...here, ...saved, continuation: here.continuation };
  return sameKernels(whole, here) ? null : { saved: whole, here };
}

export class Kernels {
  readonly #tunings: Tunings;
  /** Told when there is something new to report. */
  readonly #changed: () => void;
  #setting: KernelSetting;
  /** Under which a measurement of the run's choices is kept; null where there is nothing to choose between. */
  #key: string | null = null;
  #choices = 0;
  #tuning: Tuning | undefined;
  #measurement: AbortController | null = null;
  #progress: TuneProgress | null = null;

  constructor(setting: KernelSetting, tunings: Tunings, changed: () => void) {
    this.#setting = setting;
    this.#tunings = tunings;
    this.#changed = changed;
  }

  /** What a trainer asks before it builds a run. */
  readonly known: KnownKernels = async (engine, configuration) => {
    const automatic = this.#setting === 'automatic';
    this.#choices = automatic ? engine.kernelChoices(configuration).length : 0;
    this.#key = this.#choices > 1 ? tuningKey(engine, configuration) : null;
    this.#tuning = this.#key === null ? undefined : await this.#tunings.recall(this.#key);
    return this.#tuning?.choice;
  };

  report({ kernels, cost }: Trainer): KernelReport {
    const runs = cost?.kernels.some(({ kernel }) => kernel.startsWith('forward_sequence')) ?? false;
    const unsuited = kernels?.recurrence === 'sequence' && !runs;
    const timings = this.#tuning?.timings ?? [];
    const compared = timings.filter(({ milliseconds }) => milliseconds !== null).length;
    const measured = compared > 1 && sameKernels(kernels, this.#tuning?.choice);
    return {
      choice: kernels && unsuited ? { ...kernels, recurrence: 'steps' } : kernels,
      why: this.#setting === 'automatic' ? (measured ? 'measured' : 'default') : 'set',
      unsuited,
      choices: this.#choices,
      timings,
      measuring: this.#progress,
    };
  }

  /** Takes a setting. @throws OutOfMemoryError, LimitError: it then stays as it was. */
  async set(setting: KernelSetting, trainer: Trainer): Promise<void> {
    const before = this.#setting;
    if (setting === before) return;
    this.#setting = setting;
    this.interrupt('set');
    try {
      await trainer.choose(askedKernels(setting));
    } catch (error) {
      if (this.#setting === setting) this.#setting = before;
      throw error;
    } finally {
      this.#changed();
    }
  }

  /** Where there is a choice that was never measured here, measures it; false where that was paused. */
  async settle(trainer: Trainer): Promise<boolean> {
    const key = this.#key;
    if (key === null || this.#tuning) return true;
    // The browser may have been too slow to say what it keeps when the run was built.
    return this.#decide(
      trainer,
      async (signal) => (await this.#tunings.recall(key)) ?? this.#tune(trainer, signal),
    );
  }

  /** Measures all choices anew. */
  async measure(trainer: Trainer): Promise<void> {
    await this.#decide(trainer, (signal) => this.#tune(trainer, signal));
  }

  interrupt(why: Interruption): void {
    this.#measurement?.abort(why);
  }

  /** Goes over to the kernels that a measurement finds to be the fastest, unless it is interrupted. */
  async #decide(
    trainer: Trainer,
    measure: (signal: AbortSignal) => Promise<Tuning | null>,
  ): Promise<boolean> {
    this.interrupt('paused');
    const measurement = new AbortController();
    const { signal } = measurement;
    this.#measurement = measurement;
    this.#tell({ done: 0, of: this.#choices });
    try {
      const tuning = await measure(signal);
      if (tuning && !signal.aborted) await this.#take(tuning, trainer);
    } catch (error) {
      // Training goes on, on the next device, or with the kernels that there are.
      const goesOn = error instanceof DeviceLostError || error instanceof OutOfMemoryError;
      if (!signal.aborted && !goesOn) throw error;
    } finally {
      if (this.#measurement === measurement) {
        this.#measurement = null;
        this.#tell(null);
      }
    }
    return signal.reason !== 'paused';
  }

  #tune(trainer: Trainer, signal: AbortSignal): Promise<Tuning | null> {
    return trainer.tune({ signal, progress: (progress) => this.#tell(progress) });
  }

  async #take(tuning: Tuning, trainer: Trainer): Promise<void> {
    if (this.#key !== null) this.#tunings.keep(this.#key, tuning);
    await trainer.choose(askedKernels(this.#setting));
  }

  #tell(progress: TuneProgress | null): void {
    this.#progress = progress;
    this.#changed();
  }
}
