/**
 * Keeps trainers on a working engine. When the device is lost, another engine is asked for and every run is rebuilt on it
 * from the host's last copy; training that was running goes on.
 */
import { DeviceLostError } from '../device/errors.ts';
import type { Engine } from '../model/engine.ts';
import type { Trainer } from './trainer.ts';

export interface OpenedEngine {
  readonly engine: Engine;
  /** Why no GPU runs; empty otherwise. */
  readonly notice: string;
}

export interface RecoveryOptions {
  /** Opens the best engine there is: WebGPU, or where there is no adapter the reference engine with a notice. */
  readonly open: () => Promise<OpenedEngine>;
  /** Called for each engine after the first. */
  readonly changed: (opened: OpenedEngine) => void;
  /** Resolves after so many milliseconds; replaced in tests. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** A graphics process that crashed takes a moment to come back: when to ask again, milliseconds. */
const RETRIES = [250, 1000];

const isLost = (error: unknown): boolean => error instanceof DeviceLostError;

export class Recovery {
  readonly #options: Required<RecoveryOptions>;
  readonly #trainers = new Set<Trainer>();
  #opened: Promise<OpenedEngine>;
  #closed = false;

  /** Opens the first engine: see `opened`. */
  constructor(options: RecoveryOptions) {
    this.#options = {
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      ...options,
    };
    this.#opened = options.open().then((opened) => this.#watch(opened));
    this.#opened.catch(() => undefined);
  }

  /** The engine now, or the next one while a lost one is replaced. */
  get opened(): Promise<OpenedEngine> {
    return this.#opened;
  }

  /**
   * Builds the trainer's run and rebuilds it whenever the device is lost.
   * @throws ConfigurationError, OutOfMemoryError: the run cannot be.
   */
  async add(trainer: Trainer): Promise<void> {
    for (;;) {
      const { engine } = await this.#opened;
      try {
        await trainer.attach(engine);
      } catch (error) {
        if (!isLost(error)) throw error;
        await this.#options.wait(RETRIES[0]!);
        continue;
      }
      // Lost while the run was built: once more, on the next.
      if ((await this.#opened).engine !== engine) continue;
      this.#trainers.add(trainer);
      return;
    }
  }

  remove(trainer: Trainer): void {
    this.#trainers.delete(trainer);
    trainer.abort();
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const trainer of this.#trainers) this.remove(trainer);
    (await this.#opened).engine.destroy();
  }

  #watch(opened: OpenedEngine): OpenedEngine {
    void opened.engine.lost.then((reason) => {
      if (!this.#closed) this.#recover(opened.engine, reason);
    });
    return opened;
  }

  #recover(lost: Engine, reason: string): void {
    const { message } = new DeviceLostError(reason);
    for (const trainer of this.#trainers) trainer.suspend(message);
    lost.destroy();
    this.#opened = this.#reopen(lost, reason).then((opened) => this.#watch(opened));
    this.#opened.then(
      (opened) => this.#rebuild(opened),
      (error: Error) => {
        for (const trainer of this.#trainers) trainer.fail(error);
      },
    );
  }

  /** Asks again where only the reference engine came although a GPU had been there. */
  async #reopen(lost: Engine, reason: string): Promise<OpenedEngine> {
    for (const pause of RETRIES) {
      const opened = await this.#options.open().catch(() => null);
      if (opened?.engine.description.kind === lost.description.kind) return opened;
      opened?.engine.destroy();
      await this.#options.wait(pause);
    }
    const { engine, notice } = await this.#options.open();
    if (engine.description.kind === lost.description.kind) return { engine, notice };
    const said = `The GPU was lost (${reason}) and did not come back: training goes on with the reference engine, on the processor. Reload the page to try the GPU again.`;
    return { engine, notice: said };
  }

  async #rebuild(opened: OpenedEngine): Promise<void> {
    this.#options.changed(opened);
    for (const trainer of this.#trainers) {
      await trainer.attach(opened.engine).catch((error: Error) => {
        // Lost once more: the next engine is on its way.
        if (!isLost(error)) trainer.fail(error);
      });
    }
  }
}
