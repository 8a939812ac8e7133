/**
 * What was measured of kernels on this reader's adapters, kept in the browser: the next visit begins with the fastest.
 * Where a browser keeps nothing, as in some private windows, it is known as long as the page is open.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Engine, RunConfiguration, Tuning } from '../../gpu/index.ts';

interface Kept extends DBSchema {
  tunings: { key: string; value: Tuning };
}

const STORE = 'tunings';
/** Milliseconds that a run waits for a slow disk before it is built with what it would take by itself. */
const PATIENCE = 200;

export class Tunings {
  readonly #known = new Map<string, Tuning>();
  readonly #database: Promise<IDBPDatabase<Kept> | undefined>;

  /** Begins to open the browser's database. */
  constructor() {
    this.#database = openDatabase().catch(() => undefined);
  }

  async recall(key: string): Promise<Tuning | undefined> {
    if (!this.#known.has(key)) {
      const kept = this.#database.then((database) => database?.get(STORE, key)).catch(() => undefined);
      const found = await Promise.race([kept, soon()]);
      // What has been measured meanwhile is newer.
      if (found && !this.#known.has(key)) this.#known.set(key, found);
    }
    return this.#known.get(key);
  }

  keep(key: string, tuning: Tuning): void {
    this.#known.set(key, tuning);
    const kept = this.#database.then((database) => database?.put(STORE, tuning, key));
    kept.catch(() => undefined);
  }
}

/**
 * Under which a measurement is kept: the adapter, all of a configuration that its speed depends on, and the choices that
 * there were, so that new kernels are measured anew.
 */
export function tuningKey(engine: Engine, configuration: RunConfiguration): string {
  const { model, training } = configuration;
  const { batchSize, sequenceLength, sourceLength = 0, keepEvery = 0 } = training;
  const sizes = [batchSize, sequenceLength, sourceLength, keepEvery];
  return JSON.stringify([engine.description.label, model, sizes, engine.kernelChoices(configuration)]);
}

/** Asynchronous, so that a browser without a database is a rejection too. */
async function openDatabase(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('unroll', 1, { upgrade: (database) => void database.createObjectStore(STORE) });
}

function soon(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, undefined));
}
