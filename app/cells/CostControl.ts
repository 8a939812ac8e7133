/** What a reader does in an experiment's cost lens, and what it shows. It outlives the view, as the run does. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExperimentSettings } from '../notebook/schema.ts';
import type { CostReport } from '../worker/protocol.ts';
import { waitingForReset } from './ExperimentChoices.ts';

export interface CostView {
  /** Null before it is known, and of the reference engine. */
  readonly report: CostReport | null;
  /** How much is measured, from 0 to 1; null while nothing is being measured. */
  readonly share: number | null;
  /** Why the last measurement failed; empty otherwise. */
  readonly problem: string;
  /** What has just come about, to be heard. */
  readonly news: string;
}

/** The runtime's methods that the lens calls, as they look from the page. */
export interface CostRuntime {
  planCosts(key: string): Promise<CostReport | null>;
  measureCosts(key: string, progress: (share: number) => void): Promise<CostReport | null>;
  stopMeasuring(): Promise<void>;
}

export class CostControl {
  readonly view: StoreApi<CostView> = createStore(() => ({
    report: null,
    share: null,
    problem: '',
    news: '',
  }));
  readonly #key: string;
  readonly #runtime: CostRuntime;
  /** Of which run it was planned last. */
  #planned: { readonly settings: ExperimentSettings; readonly kernels: string } | null = null;
  /** Plans and measurements begun: what was begun earlier no longer counts. */
  #begun = 0;

  constructor(key: string, runtime: CostRuntime) {
    this.#key = key;
    this.#runtime = runtime;
  }

  /**
   * Shows what is known of a run without a measurement; what was measured stays where it would cost the same.
   * @param kernels those that the run takes, as text.
   */
  async plan(settings: ExperimentSettings, kernels: string): Promise<void> {
    const known = this.#planned;
    const same = known?.kernels === kernels && waitingForReset(settings, known.settings).length === 0;
    if (same) return;
    this.#planned = { settings, kernels };
    const begun = this.#begin();
    const planned = await this.#runtime.planCosts(this.#key).catch(() => null);
    if (begun !== this.#begun) return;
    const { report } = this.view.getState();
    const stays =
      report && planned && JSON.stringify(asPlanned(report)) === JSON.stringify(asPlanned(planned));
    if (stays) this.view.setState({ report: withTaken(report, planned) });
    else this.view.setState({ report: planned, problem: '', news: '' });
  }

  async measure(): Promise<void> {
    const begun = this.#begin();
    const current = (): boolean => begun === this.#begun;
    this.view.setState({ share: 0, problem: '', news: 'Measuring. Training waits meanwhile.' });
    try {
      const report = await this.#runtime.measureCosts(this.#key, (share) => {
        if (current()) this.view.setState({ share });
      });
      if (current()) this.view.setState(report ? { report, news: 'Measured.' } : { news: 'Stopped.' });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (current()) this.view.setState({ problem, news: '' });
    } finally {
      if (current()) this.view.setState({ share: null });
    }
  }

  /** Takes effect at once; training goes on as soon as what was submitted is done. */
  stop(): void {
    this.#begin();
    this.view.setState({ news: 'Stopped.' });
  }

  #begin(): number {
    if (this.view.getState().share !== null) {
      void this.#runtime.stopMeasuring();
      this.view.setState({ share: null });
    }
    return ++this.#begun;
  }
}

/** Without what was measured, and without what its run takes. */
function asPlanned({ rows, timeSteps }: CostReport): unknown {
  const plain = rows.map(({ parts, ...row }) => ({
    ...row,
    taken: false,
    measured: null,
    parts: parts.map((part) => ({ ...part, microseconds: null })),
  }));
  return [plain, timeSteps];
}

/** What was measured, of a run that takes other kernels of the same. */
function withTaken(report: CostReport, planned: CostReport): CostReport {
  const rows = report.rows.map((row, index) => ({ ...row, taken: planned.rows[index]!.taken }));
  return { ...report, rows };
}
