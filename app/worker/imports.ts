/** The series that the reader brought: the one read last, and those that were kept for experiments. */
import { ConfigurationError } from '../../gpu/index.ts';
import { importSeries } from '../data/import.ts';
import type { ImportChoices, ImportReport } from '../data/types.ts';

interface Read {
  readonly source: string;
  /** NaN where a value is missing. */
  readonly values: Float64Array;
}

export class Imports {
  readonly #kept = new Map<string, Float64Array>();
  /** What was asked for last; null before it is read, and where it cannot be used. */
  #last: Read | null = null;
  #asked = 0;

  /** By source. A name stands for the same values as long as the page is open. */
  get kept(): ReadonlyMap<string, Float64Array> {
    return this.#kept;
  }

  /** @throws ImportError where nothing can be read */
  async read(name: string, content: Blob | string, choices: ImportChoices): Promise<ImportReport> {
    const asked = ++this.#asked;
    this.#last = null;
    const { report, values } = await importSeries(name, content, choices);
    // One that took longer than its successor does not replace it.
    if (asked === this.#asked && report.problem === undefined) this.#last = { source: report.source, values };
    return report;
  }

  /**
   * Keeps the series read last; the name under which it is kept.
   * @throws ConfigurationError where another one was read last, or none
   */
  keep(source: string): string {
    const read = this.#last;
    if (read?.source !== source) {
      const last = read ? `"${read.source}" was read last` : 'none was read';
      throw new ConfigurationError('source', `is "${source}", but ${last}. Read the series again.`);
    }
    let name = source;
    for (let n = 2; this.#taken(name, read.values); n++) name = `${source} (${n})`;
    this.#kept.set(name, read.values);
    return name;
  }

  #taken(name: string, values: Float64Array): boolean {
    const kept = this.#kept.get(name);
    return kept !== undefined && !sameValues(kept, values);
  }
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
