/** One column of a file read as a series: with either decimal mark at once, as the mark is known only at the end. */
import { readable, shortened } from './errors.ts';
import { type DecimalMark, isMissing, MISSING_MARKS, readGrouped, readPlain } from './numbers.ts';
import { FEWEST_VALUES, LARGEST_VALUE } from './prepare.ts';

/** How often something was met, and where first. */
export class Tally {
  count = 0;
  line = 0;
  text = '';

  add(text: string, line: number): void {
    if (this.count++ > 0) return;
    this.text = shortened(text);
    this.line = line;
  }
}

/** Float64 values that grow in number. */
class Values {
  length = 0;
  #buffer = new Float64Array(1024);

  push(value: number): void {
    if (this.length === this.#buffer.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.length++] = value;
  }

  toArray(): Float64Array {
    return this.#buffer.slice(0, this.length);
  }
}

/** A column as one decimal mark reads it. */
class Reading {
  /** NaN where missing or unreadable. */
  readonly values = new Values();
  /** Fields that are no number with this mark. */
  readonly unreadable = new Tally();
  /** Fields that are a number with this mark and none with the other. */
  readonly ownMark = new Tally();
  /** Fields whose mark is decimal here and parts thousands for the other, such as `1,234`. */
  readonly doubtful = new Tally();
  /** Fields with thousands separators. */
  readonly grouped = new Tally();
  readonly tooLarge = new Tally();
  readonly mark: DecimalMark;

  constructor(mark: DecimalMark) {
    this.mark = mark;
  }

  /** Reads a field that is not missing; NaN where it is no number. */
  read(field: string, line: number): number {
    let value = readPlain(field, this.mark);
    if (Number.isNaN(value)) {
      value = readGrouped(field, this.mark);
      if (!Number.isNaN(value)) this.grouped.add(field, line);
    }
    this.values.push(value);
    if (Math.abs(value) > LARGEST_VALUE) this.tooLarge.add(field, line);
    if (Number.isNaN(value)) this.unreadable.add(field, line);
    return value;
  }
}

/** The chosen column. */
export class Column {
  readonly point = new Reading('point');
  readonly comma = new Reading('comma');
  readonly missing = new Tally();

  add(field: string, line: number): void {
    if (isMissing(field)) {
      this.missing.add(field, line);
      this.point.values.push(Number.NaN);
      this.comma.values.push(Number.NaN);
      return;
    }
    const withPoint = this.point.read(field, line);
    const withComma = this.comma.read(field, line);
    if (Number.isNaN(withComma)) {
      if (!Number.isNaN(withPoint)) this.point.ownMark.add(field, line);
    } else if (Number.isNaN(withPoint)) this.comma.ownMark.add(field, line);
    else if (withPoint !== withComma) {
      // The mark is decimal for the smaller of the two.
      const mark = Math.abs(withPoint) < Math.abs(withComma) ? 'point' : 'comma';
      this[mark].doubtful.add(field, line);
    }
  }

  /** The reading with the mark that the fields show; where all are doubtful, with the `usual` one or as they look. */
  likelyReading(usual: DecimalMark | undefined): Reading {
    const { point, comma } = this;
    if (point.ownMark.count > 0) return point;
    if (comma.ownMark.count > 0) return comma;
    if (usual !== undefined) return this[usual];
    return comma.doubtful.count > 0 ? comma : point;
  }

  /** A field that needs a decimal point and one that needs a decimal comma, where there are both. */
  mixedMarks(): { readonly point: Tally; readonly comma: Tally } | undefined {
    for (const evidence of ['ownMark', 'doubtful'] as const) {
      const [point, comma] = [this.point[evidence], this.comma[evidence]];
      if (point.count > 0 && comma.count > 0) return { point, comma };
      if (point.count > 0 || comma.count > 0) return undefined;
    }
    return undefined;
  }
}

/** What the reader chose, or is taken to have. */
export interface ColumnChoices {
  readonly name: string;
  /** Undefined where the reader left it open. */
  readonly decimal: DecimalMark | undefined;
  readonly unreadable: 'refuse' | 'missing';
}

const WORDS = { point: 'decimal point', comma: 'decimal comma' } as const;
const EXAMPLES = { point: '1234.5', comma: '1234,5' } as const;

/** Why a column cannot be used, the first reason found; undefined where it can. */
export function columnProblem(column: Column, reading: Reading, choices: ColumnChoices): string | undefined {
  const { name, decimal, unreadable } = choices;
  const present = reading.values.length - column.missing.count;
  const numbers = present - reading.unreadable.count;
  if (present === 0) return `The column “${name}” holds no value. Choose another column.`;
  const mixed = decimal === undefined && numbers > 0 ? column.mixedMarks() : undefined;
  if (mixed) return marksProblem(mixed.point, mixed.comma, name);
  if (numbers === 0 || (unreadable === 'refuse' && numbers < present))
    return textProblem(reading, present, name);
  if (reading.tooLarge.count > 0) return sizeProblem(reading.tooLarge, name);
  return numbers < FEWEST_VALUES ? countProblem(numbers, name) : undefined;
}

function marksProblem(point: Tally, comma: Tally, name: string): string {
  return (
    `The column “${name}” mixes decimal marks: ${point.text} in line ${readable(point.line)} has a point, ` +
    `${comma.text} in line ${readable(comma.line)} a comma. Choose which of them is the decimal mark, and let text ` +
    'that cannot be read count as missing; or correct the file.'
  );
}

function sizeProblem({ line, text }: Tally, name: string): string {
  return (
    `Line ${readable(line)} has ${text} in the column “${name}”, too large a number. Values from −1e30 to 1e30 can ` +
    'be trained on.'
  );
}

function countProblem(numbers: number, name: string): string {
  return (
    `The column “${name}” holds ${counted(numbers, 'value')}. At least ${FEWEST_VALUES} are needed: a fifth is held ` +
    'out, and the shortest window, one step, takes two values.'
  );
}

function textProblem({ unreadable, mark }: Reading, present: number, name: string): string {
  if (unreadable.count === present) {
    return (
      `No value of the column “${name}” can be read as a number; line ${readable(unreadable.line)} has ` +
      `“${unreadable.text}”. Choose another column, or one of numbers such as ${EXAMPLES[mark]}.`
    );
  }
  return (
    `Line ${readable(unreadable.line)} has “${unreadable.text}” in the column “${name}”, where a number with a ` +
    `${WORDS[mark]} should be; ${readable(unreadable.count)} of its ${readable(present)} values cannot be read. ` +
    `Allowed are numbers such as ${EXAMPLES[mark]} and, for a missing value, ${MISSING_MARKS}.`
  );
}

/** What the reader should know of how a column was read. */
export function columnNotices(reading: Reading, choices: ColumnChoices): string[] {
  const { grouped, unreadable, ownMark, doubtful, mark } = reading;
  const notices: string[] = [];
  if (unreadable.count > 0) {
    notices.push(
      `${counted(unreadable.count, 'value')} that cannot be read ${unreadable.count === 1 ? 'counts' : 'count'} as ` +
        `missing, such as “${unreadable.text}” in line ${readable(unreadable.line)}.`,
    );
  }
  if (grouped.count > 0) {
    notices.push(
      `${counted(grouped.count, 'value')} such as ${grouped.text} in line ${readable(grouped.line)} ` +
        `${grouped.count === 1 ? 'was' : 'were'} read with thousands separators.`,
    );
  }
  if (choices.decimal === undefined && ownMark.count === 0 && doubtful.count > 0) {
    const other = mark === 'point' ? 'comma' : 'point';
    notices.push(
      `Values such as ${doubtful.text} in line ${readable(doubtful.line)} were read with a ${WORDS[mark]}. Choose ` +
        `the ${WORDS[other]} if it parts thousands.`,
    );
  }
  return notices;
}

/** Such as `1 value` or `1,500 values`. */
export function counted(count: number, noun: string): string {
  return `${readable(count)} ${noun}${count === 1 ? '' : 's'}`;
}
