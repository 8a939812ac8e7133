/** Sends a run's reports: at most ten a second, and at once when the status changes. */
import type { Trainer } from '../../gpu/index.ts';
import type { IterationRecord } from '../../gpu/index.ts';
import { thin } from './history.ts';
import {
  type ErrorPair,
  type ForecastPicture,
  type KernelReport,
  NO_KERNELS,
  type RunReport,
} from './protocol.ts';

const INTERVAL = 100;
/** Losses of a report: more could not be told apart in a plot that is redrawn ten times a second. */
const MOST_LOSSES = 100;

export class Reporter {
  attempt = 0;
  origin: RunReport['origin'] = 'trained';
  kernels: KernelReport = NO_KERNELS;
  readonly #key: string;
  readonly #send: (report: RunReport) => void;
  #iterations: number[] = [];
  #losses: number[] = [];
  #heldOutError: ErrorPair | null = null;
  #persistenceError: ErrorPair | null = null;
  #forecast: ForecastPicture | null = null;
  #sent = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, send: (report: RunReport) => void) {
    this.#key = key;
    this.#send = send;
  }

  /** Begins a new history. */
  restart(origin: RunReport['origin']): void {
    this.attempt++;
    this.origin = origin;
    this.#iterations = [];
    this.#losses = [];
    this.#heldOutError = null;
    this.#forecast = null;
  }

  trained(records: readonly IterationRecord[]): void {
    for (const { iteration, loss } of records) {
      if (!Number.isFinite(loss)) continue;
      // After a lost device training goes on from an earlier iteration.
      while (this.#iterations.length > 0 && this.#iterations.at(-1)! >= iteration) {
        this.#iterations.pop();
        this.#losses.pop();
      }
      this.#iterations.push(iteration);
      this.#losses.push(loss);
    }
  }

  evaluated(heldOutError: ErrorPair | null, persistenceError: ErrorPair): void {
    this.#heldOutError = heldOutError;
    this.#persistenceError = persistenceError;
  }

  drawn(forecast: ForecastPicture): void {
    this.#forecast = forecast;
  }

  /** Reports when a tenth of a second has passed since the last report, or `now`. */
  report(trainer: Trainer, when: 'now' | 'soon'): void {
    const wait = this.#sent + INTERVAL - performance.now();
    if (when === 'now' || wait <= 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#sent = performance.now();
      this.#send(this.#take(trainer));
    } else {
      this.#timer ??= setTimeout(() => this.report(trainer, 'now'), wait);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(trainer: Trainer): RunReport {
    const { iterations, losses } = thin({ iterations: this.#iterations, losses: this.#losses }, MOST_LOSSES);
    const report: RunReport = {
      key: this.#key,
      status: trainer.status,
      message: trainer.message,
      attempt: this.attempt,
      iteration: trainer.iteration,
      iterationsAsked: trainer.iterationsAsked,
      parameters: trainer.cost?.parameters ?? 0,
      bytes: trainer.cost?.bytes ?? 0,
      dispatchesPerIteration: trainer.cost?.dispatchesPerIteration ?? 0,
      kernels: this.kernels,
      iterationsPerSubmission: trainer.iterationsPerSubmission,
      iterationsPerSecond: trainer.iterationsPerSecond,
      newIterations: iterations,
      newLosses: losses,
      heldOutError: this.#heldOutError,
      persistenceError: this.#persistenceError,
      forecast: this.#forecast,
      origin: this.origin,
    };
    this.#iterations = [];
    this.#losses = [];
    this.#heldOutError = null;
    this.#persistenceError = null;
    this.#forecast = null;
    return report;
  }
}
