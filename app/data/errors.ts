/** What can be wrong with a series or a file. The message says what, where and what is allowed. */

/** A series that cannot be trained on: `field` is the setting or data at fault. */
export class SeriesError extends Error {
  override readonly name = 'SeriesError';
  readonly field: 'values' | 'window' | 'missing';
  constructor(field: SeriesError['field'], message: string) {
    super(message);
    this.field = field;
  }
}

/** A file or text that cannot be read as a series: `field` is the choice or part of it at fault. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly field: 'content' | 'size' | 'column' | 'header' | 'decimal' | 'missing';
  constructor(field: ImportError['field'], message: string) {
    super(message);
    this.field = field;
  }
}

/** A text from a file, no longer than can be shown: at most `most` characters. */
export function shortened(text: string, most = 40): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A value of a series, with a minus sign in place of the hyphen of programs. */
export function written(value: number | string): string {
  return String(value).replaceAll('-', '−');
}

/** A count as a reader writes it, such as `1,500`. */
export function readable(count: number): string {
  return count.toLocaleString('en');
}
