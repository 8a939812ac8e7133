/** Text cut into rows and rows into fields, piece by piece. */
import Papa from 'papaparse';
import { ImportError, readable } from './errors.ts';

export type Delimiter = ',' | ';' | '\t' | ' ';

/** A row may be this many characters long; more is a quotation mark that was never closed, or no table. */
const LONGEST_ROW = 2 ** 20;

/** What is done with each row: its fields, without spaces around them, and the line on which it begins, from 1. */
export type OnRow = (fields: string[], line: number) => void;

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

/** Cuts text that comes in pieces into rows. Quotes, and line ends of any kind, are understood. */
export class RowSplitter {
  readonly #delimiter: Delimiter;
  readonly #lineEnd: '\n' | '\r';
  #rest = '';
  #line = 1;

  /** @param start the beginning of the text, which shows how its lines end */
  constructor(delimiter: Delimiter, start: string) {
    this.#delimiter = delimiter;
    this.#lineEnd = start.includes('\n') || !start.includes('\r') ? '\n' : '\r'; // of \r\n, \r goes with the spaces
  }

  /**
   * Calls back for each row that has ended; `last` says that no more text comes.
   * @throws ImportError where a row or a quotation does not end
   */
  push(text: string, last: boolean, onRow: OnRow): void {
    const input = this.#rest + text;
    const parser = new Papa.Parser({ delimiter: this.#delimiter, newline: this.#lineEnd });
    const { data, errors, meta } = parser.parse(input, 0, !last) as Parsed;
    this.#rest = last ? '' : input.slice(meta.cursor);
    const open = errors.find(({ code }) => code === 'MissingQuotes');
    if (open || this.#rest.length > LONGEST_ROW) throw endless(this.#line + (open?.row ?? data.length));
    const quoted = input.includes('"');
    for (const row of data) {
      const line = this.#line;
      this.#line += 1 + (quoted ? lineEndsIn(row, this.#lineEnd) : 0);
      onRow(this.#fields(row), line);
    }
  }

  #fields(row: string[]): string[] {
    for (let index = 0; index < row.length; index++) row[index] = row[index]!.trim();
    // Any run of spaces parts two fields.
    return this.#delimiter === ' ' && row.length > 1 ? row.filter((field) => field !== '') : row;
  }
}

function lineEndsIn(row: readonly string[], lineEnd: string): number {
  let count = 0;
  for (const field of row) count += field.split(lineEnd).length - 1;
  return count;
}

function endless(line: number): ImportError {
  return new ImportError(
    'content',
    `The row that begins in about line ${readable(line)} does not end: a quotation mark may lack its partner. A row ` +
      'may have a million characters, and one row a time step is needed.',
  );
}
