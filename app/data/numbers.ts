/** What a field of a file can be: a number with either decimal mark, a missing value, a date, or text. */

export type DecimalMark = 'point' | 'comma';

/** Fields that stand for a missing value, in small letters; an empty one is another. */
const MISSING = new Set(['na', 'n/a', '#n/a', 'nan', 'null', 'none', '-', '–', '—', '?']);

/** What a reader is told may stand for a missing value. */
export const MISSING_MARKS = 'an empty field, NA, NaN, null, - or ?';

export function isMissing(field: string): boolean {
  return field === '' || (field.length <= 4 && MISSING.has(field.toLowerCase()));
}

const INTEGER = /^[+-]?\d+$/;
/** Each digit can be matched in one way only, so that a long field of digits is refused as fast as it is read. */
const PLAIN = {
  point: /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/,
  comma: /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/,
} as const;

/** Groups of three digits, all parted by one mark: the other decimal mark, an apostrophe or some kind of space. */
const GROUPED = {
  point: /^[+-]?[1-9]\d{0,2}([,'’ \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?:\.\d+)?$/,
  comma: /^[+-]?[1-9]\d{0,2}([.'’ \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?:,\d+)?$/,
} as const;

export function isInteger(field: string): boolean {
  return INTEGER.test(field);
}

/** The number in a field that has no thousands separators; NaN where it is none. */
export function readPlain(field: string, mark: DecimalMark): number {
  const text = asciiMinus(field);
  if (!PLAIN[mark].test(text)) return Number.NaN;
  return Number(mark === 'comma' ? text.replace(',', '.') : text);
}

/** The number in a field whose digits stand in groups of three, such as `1,234.5`; NaN where it is none. */
export function readGrouped(field: string, mark: DecimalMark): number {
  const text = asciiMinus(field);
  const separator = GROUPED[mark].exec(text)?.[1];
  if (separator === undefined) return Number.NaN;
  const digits = text.replaceAll(separator, '');
  return Number(mark === 'comma' ? digits.replace(',', '.') : digits);
}

/** Whether a field is a number with one of the decimal marks at least. */
export function isNumber(field: string): boolean {
  const text = asciiMinus(field);
  return (
    PLAIN.point.test(text) || PLAIN.comma.test(text) || GROUPED.point.test(text) || GROUPED.comma.test(text)
  );
}

/** Typographers write −5 with a minus sign, programs with a hyphen. */
function asciiMinus(field: string): string {
  return field.startsWith('−') ? `-${field.slice(1)}` : field;
}

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]m)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?`;
const MONTH = String.raw`(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`;
const DATES = [
  String.raw`(?<y>\d{4})[-/.](?<m>\d{1,2})(?:[-/.](?<d>\d{1,2}))?`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})`,
  String.raw`(?:\d{1,2}[ -])?${MONTH}[ -](?:\d{1,2},? )?\d{2,4}`,
].map((date) => new RegExp(`^${date}(?:[t ,]+(?<time>${TIME}))?$`, 'i'));
const TIME_ALONE = new RegExp(`^${TIME}$`, 'i');

/** Whether a field is a date, a time of day, or both. */
export function isDate(field: string): boolean {
  return DATES.some((date) => date.test(field)) || TIME_ALONE.test(field);
}

/**
 * A text that sorts as the date does, for dates that can be read in one way only: year first, or day, month and
 * year between full stops. Undefined for others.
 */
export function dateOrder(field: string): string | undefined {
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$/.exec(field);
  const text = german ? `${german[3]}-${german[2]}-${german[1]}${german[4]}` : field;
  const groups = DATES[0]!.exec(text)?.groups;
  if (!groups) return undefined;
  const { y = '', m = '', d = '', time = '' } = groups;
  return `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')} ${time.padStart(8, '0')}`;
}
