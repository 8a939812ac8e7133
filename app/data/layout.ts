/** What the beginning of a text tells about its table: delimiter, header, and what each column holds. */
import { ImportError, shortened } from './errors.ts';
import { isDate, isInteger, isMissing, isNumber, readPlain } from './numbers.ts';
import { type Delimiter, RowSplitter } from './rows.ts';
import type { ImportChoices, ImportColumn } from './types.ts';

export interface Layout {
  readonly delimiter: Delimiter;
  /** Fields of a row. */
  readonly width: number;
  /** Line on which the table begins, its header included. */
  readonly firstLine: number;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly kinds: readonly Required<ImportColumn>['kind'][];
  /** Index of the column that is most likely the series. */
  readonly likely: number;
  /** The table is one row of numbers: each of them is a time step. */
  readonly across: boolean;
  /** Rows of two whole numbers with a comma between are read as one number with a decimal comma. */
  readonly commaIsDecimal: boolean;
}

interface SampleRow {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Characters and rows looked at. */
const SAMPLE_CHARACTERS = 2 ** 16;
const SAMPLE = 500;
/** In the order of preference where they explain the text equally well. */
const DELIMITERS: readonly Delimiter[] = ['\t', ';', ',', ' '];
/** A single row with at least this many fields is a series written across. */
const FEWEST_ACROSS = 4;

/**
 * @param start the beginning of the text
 * @param whole whether it is all of it
 */
export function findLayout(start: string, whole: boolean, choices: ImportChoices): Layout {
  const sample = start.slice(0, SAMPLE_CHARACTERS);
  const candidates = DELIMITERS.map((delimiter) => {
    const rows = sampleRows(sample, whole && sample === start, delimiter);
    const width = commonWidth(rows);
    return { delimiter, rows, width, score: score(rows, width) };
  });
  const commaIsDecimal = partedByDecimalComma(candidates[2]!.rows, choices);
  const likely = candidates.filter(({ delimiter }) => delimiter !== ',' || !commaIsDecimal);
  const best = likely.reduce((best, candidate) => (candidate.score > best.score ? candidate : best));
  const alone = best.score === 0;
  const { delimiter, rows, width } = alone ? { ...candidates[0]!, width: 1 } : best;
  return { ...describeTable(rows, width, choices), delimiter, commaIsDecimal: alone && commaIsDecimal };
}

function sampleRows(start: string, whole: boolean, delimiter: Delimiter): SampleRow[] {
  const rows: SampleRow[] = [];
  try {
    new RowSplitter(delimiter, start).push(start, whole, (fields, line) => {
      if (rows.length < SAMPLE && fields.some((field) => field !== '')) rows.push({ fields, line });
    });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error; // a row that does not end is told of when the rows are read
  }
  // A row longer than the sample is judged by its beginning.
  return rows.length === 0 && !whole ? sampleRows(start, true, delimiter) : rows;
}

/** The number of fields that most rows have. */
function commonWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of rows) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  let common = 1;
  for (const [width, count] of counts) if (count > (counts.get(common) ?? 0)) common = width;
  return common;
}

/** How well a delimiter explains the rows: the share of equally long ones times that of fields that are no text. */
function score(rows: readonly SampleRow[], width: number): number {
  if (width === 1) return 0;
  const regular = rows.filter(({ fields }) => fields.length === width);
  const values = regular.flatMap(({ fields }) => fields);
  const readable = values.filter((field) => isMissing(field) || isNumber(field) || isDate(field));
  return (regular.length / rows.length) * (readable.length / values.length);
}

/**
 * Whether rows such as `1,5` are numbers with a decimal comma and not two columns: every row has that form or is one
 * number, and either the choice says so, or the first parts are no plain count and there are no two names above.
 */
function partedByDecimalComma(rows: readonly SampleRow[], choices: ImportChoices): boolean {
  const headed = rows[0]?.fields.every((field) => !isNumber(field)) ?? false;
  const body = headed ? rows.slice(1) : rows;
  const parted = body.filter(({ fields }) => fields.length === 2 && fields.every(isInteger));
  const alone = body.filter(
    ({ fields }) => fields.length === 1 && (isMissing(fields[0]!) || isNumber(fields[0]!)),
  );
  if (parted.length === 0 || parted.length + alone.length < body.length) return false;
  if (choices.decimal === 'comma') return true;
  if (choices.decimal === 'point' && alone.length === 0) return false;
  const twoNames = headed && rows[0]!.fields.length === 2;
  return !twoNames && body.length > 1 && !isEven(parted.map(({ fields }) => fields[0]!));
}

/** Whether three numbers or more go up or down by the same step each time, as a count or a year does. */
function isEven(fields: readonly string[]): boolean {
  const values = fields.map((field) => readPlain(field, 'point'));
  const step = values[1]! - values[0]!;
  if (values.length < 3 || !(Math.abs(step) > 0)) return false;
  return values.every(
    (value, index) => index === 0 || Math.abs(value - values[index - 1]! - step) < 1e-6 * Math.abs(step),
  );
}

function describeTable(
  rows: readonly SampleRow[],
  width: number,
  choices: ImportChoices,
): Omit<Layout, 'delimiter' | 'commaIsDecimal'> {
  const from = rows.findIndex(({ fields }) => belongs(fields, width));
  const table = rows.slice(Math.max(from, 0));
  const first = table[0]?.fields ?? [];
  const across = table.length === 1 && width >= FEWEST_ACROSS && first.filter(isNumber).length >= width / 2;
  if (across) {
    const { line } = table[0]!;
    return {
      width: 1,
      firstLine: line,
      header: false,
      names: ['Column 1'],
      kinds: ['numbers'],
      likely: 0,
      across,
    };
  }
  const header = choices.header ?? hasHeader(table, width);
  const body = header ? table.slice(1) : table;
  const columns = columnsOf(body, width);
  const kinds = columns.map(kindOf);
  return {
    width,
    firstLine: table[0]?.line ?? 1,
    header,
    names: columns.map((_, index) => (header && columnName(first[index] ?? '')) || `Column ${index + 1}`),
    kinds,
    likely: likelyColumn(columns, kinds),
    across,
  };
}

function columnName(field: string): string {
  return shortened(field.replace(/^#\s*/, ''), 60);
}

function columnsOf(rows: readonly SampleRow[], width: number): string[][] {
  return Array.from({ length: width }, (_, index) => rows.map(({ fields }) => fields[index] ?? ''));
}

/** Whether a row can be of the table: titles and comments before it are not as wide, or begin with #. */
function belongs(fields: readonly string[], width: number): boolean {
  return fields.length === width && !(width === 1 && fields[0]!.startsWith('#'));
}

/** A first row is a header where it has text above numbers or dates, or where the table is text all over. */
function hasHeader(table: readonly SampleRow[], width: number): boolean {
  if (table.length < 2) return false;
  const first = table[0]!.fields;
  const kinds = columnsOf(table.slice(1), width).map(kindOf);
  if (kinds.every((kind) => kind === 'text')) return width > 1;
  return kinds.some((kind, index) => {
    const field = first[index] ?? '';
    return (
      (kind === 'numbers' || kind === 'dates') && !isMissing(field) && !isNumber(field) && !isDate(field)
    );
  });
}

/** What most of the fields of a column are. */
function kindOf(fields: readonly string[]): Required<ImportColumn>['kind'] {
  const present = fields.filter((field) => !isMissing(field));
  if (present.length === 0) return 'empty';
  if (present.filter(isNumber).length >= present.length / 2) return 'numbers';
  return present.filter(isDate).length >= present.length / 2 ? 'dates' : 'text';
}

/**
 * The column that is most likely the series: the first one of numbers that is neither a count, as an index or a year
 * is, nor constant; failing that the first one of numbers, then the first.
 */
function likelyColumn(columns: readonly (readonly string[])[], kinds: Layout['kinds']): number {
  const numeric = kinds.flatMap((kind, index) => (kind === 'numbers' ? [index] : []));
  const varying = numeric.find((index) => new Set(columns[index]).size > 1 && !isEven(columns[index]!));
  return varying ?? numeric[0] ?? 0;
}
