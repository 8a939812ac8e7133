/** Rows of a file taken in: the chosen column read, the others counted. */
import { Column, counted, Tally } from './column.ts';
import { ImportError, readable, shortened } from './errors.ts';
import type { Layout } from './layout.ts';
import { isMissing, isNumber } from './numbers.ts';

/** The longest series taken. */
const MOST_ROWS = 1_000_000;
/** The widest table taken. */
const MOST_COLUMNS = 1000;
/** Rows kept to be shown. */
const EXAMPLES = 6;
/** Characters kept of a field that is shown; a field may have a million. */
const LONGEST_TEXT = 100;

/** What is kept of every column. */
interface ColumnCount {
  numbers: number;
  missing: number;
  /** The first fields. */
  readonly examples: string[];
  /** The last field that is not missing. */
  last: string;
}

export class Table {
  /** Rows of data so far. */
  rows = 0;
  readonly layout: Layout;
  /** Index of the chosen column. */
  readonly chosen: number;
  readonly column = new Column();
  readonly counts: readonly ColumnCount[];
  /** Rows with more or fewer fields than most. */
  readonly irregular = new Tally();
  /** Rows before the table: titles, comments. */
  readonly before = new Tally();
  /** Rows with nothing in any field, between others that have several. */
  blankRows = 0;
  /** Blank rows since the last row. */
  #blanks = 0;
  #headerSeen = false;

  /** @throws ImportError where the table is too wide or lacks the chosen column */
  constructor(layout: Layout, chosen: number) {
    const { width } = layout;
    if (width > MOST_COLUMNS) {
      const limit = readable(MOST_COLUMNS);
      throw new ImportError(
        'size',
        `The table has ${readable(width)} columns; at most ${limit} can be read.`,
      );
    }
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= width) {
      const message = `There is no column ${chosen + 1}; the table has ${counted(width, 'column')}.`;
      throw new ImportError('column', message);
    }
    this.layout = layout;
    this.chosen = chosen;
    this.counts = Array.from({ length: width }, () => ({ numbers: 0, missing: 0, examples: [], last: '' }));
  }

  /**
   * Takes a row of fields that begins on a line.
   * @throws ImportError where there are too many
   */
  readonly addRow = (fields: string[], line: number): void => {
    const { width, firstLine, header, across } = this.layout;
    if (fields.every((field) => field === '')) {
      if (this.rows > 0) this.#blanks++;
    } else if (line < firstLine) {
      this.before.add(fields.join(' '), line);
    } else if (header && !this.#headerSeen) {
      this.#headerSeen = true;
    } else if (across) {
      for (const field of fields) this.#addValues([field], line);
    } else {
      this.#addBlanks(line);
      if (fields.length !== width) this.irregular.add(String(fields.length), line);
      this.#addValues(fields, line);
    }
  };

  /** The blank rows before a line: missing values in a single column, otherwise nothing. */
  #addBlanks(before: number): void {
    const blanks = this.#blanks;
    this.#blanks = 0;
    if (this.layout.width > 1) this.blankRows += blanks;
    else for (let back = blanks; back > 0; back--) this.#addValues([''], before - back);
  }

  #addValues(fields: readonly string[], line: number): void {
    this.rows++;
    if (this.rows > MOST_ROWS) throw tooManyRows();
    for (let index = 0; index < this.counts.length; index++) {
      const field = fields[index] ?? '';
      const count = this.counts[index]!;
      if (this.rows <= EXAMPLES) count.examples.push(shortened(field, LONGEST_TEXT));
      if (isMissing(field)) {
        count.missing++;
      } else {
        count.last = shortened(field, LONGEST_TEXT);
        if (isNumber(field)) count.numbers++;
      }
    }
    this.column.add(fields[this.chosen] ?? '', line);
  }
}

function tooManyRows(): ImportError {
  return new ImportError(
    'size',
    `There are more than ${readable(MOST_ROWS)} rows, the most that can be read. Cut the file into parts, or keep ` +
      'every second row.',
  );
}
