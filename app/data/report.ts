/** What an import tells: how the file was understood, what was assumed, and what is wrong with the chosen column. */
import { type ColumnChoices, columnNotices, columnProblem, counted } from './column.ts';
import { readable, written } from './errors.ts';
import { dateOrder, isMissing } from './numbers.ts';
import { moments } from './statistics.ts';
import type { Table } from './table.ts';
import { thin } from './thin.ts';
import type { ImportChoices, ImportReport } from './types.ts';

export interface ImportedSeries {
  readonly report: ImportReport;
  /** The chosen column, NaN where a value is missing, oldest first; empty where the report tells a problem. */
  readonly values: Float64Array;
}

interface Origin {
  /** Of the file. */
  readonly name: string;
  readonly encoding: string;
}

/** Points of the outline. */
const OUTLINE_POINTS = 400;

/** The report on a table that has taken all its rows, and the chosen column's values. */
export function reportOn(table: Table, choices: ImportChoices, { name, encoding }: Origin): ImportedSeries {
  const { layout, chosen, column } = table;
  const { missing = 'skip', unreadable = 'refuse', decimal } = choices;
  const columnChoices: ColumnChoices = { name: layout.names[chosen]!, decimal, unreadable };
  // Where commas part fields, one inside quotation marks parts thousands.
  const usual = layout.delimiter === ',' ? 'point' : undefined;
  const reading = decimal ? column[decimal] : column.likelyReading(usual);
  const values = reading.values.toArray();
  const dates = findDates(table);
  if (dates?.newestFirst) values.reverse();

  const several = layout.kinds.filter((kind) => kind === 'numbers').length > 1;
  const problem =
    columnProblem(column, reading, columnChoices) ?? constantProblem(values, columnChoices.name);
  const report: ImportReport = {
    source: `file:${name}${several ? ` · ${columnChoices.name}` : ''}`,
    rows: table.rows,
    columns: table.counts.map(({ numbers, missing, examples }, index) => ({
      index,
      name: layout.names[index]!,
      numbers,
      missing,
      examples,
      kind: layout.kinds[index]!,
    })),
    choices: { column: chosen, header: layout.header, decimal: reading.mark, missing, unreadable },
    notices: [
      ...missingNotices(table, missing),
      ...(problem === undefined ? columnNotices(reading, columnChoices) : []),
      ...dateNotices(dates),
      ...tableNotices(table, encoding, reading.mark === 'comma' && decimal === undefined),
    ],
    ...(problem === undefined ? { outline: thin(values, OUTLINE_POINTS) } : { problem }),
  };
  return { report, values: problem === undefined ? values : new Float64Array() };
}

function constantProblem(values: Float64Array, name: string): string | undefined {
  const { smallest, largest } = moments(values);
  if (smallest < largest) return undefined;
  return `Every value of the column “${name}” is ${written(smallest)}. A series that changes is needed; choose another column.`;
}

interface Dates {
  readonly name: string;
  readonly first: string;
  readonly last: string;
  /** They run backwards, as in many tables of prices. */
  readonly newestFirst: boolean;
}

/** The first column of dates, where there is one. */
function findDates({ layout, counts }: Table): Dates | undefined {
  const index = layout.kinds.indexOf('dates');
  const count = counts[index];
  if (!count) return undefined;
  const first = count.examples.find((field) => !isMissing(field)) ?? '';
  const [from, to] = [dateOrder(first), dateOrder(count.last)];
  const newestFirst = from !== undefined && to !== undefined && from > to;
  return { name: layout.names[index]!, first, last: count.last, newestFirst };
}

function dateNotices(dates: Dates | undefined): string[] {
  if (!dates) return [];
  const { name, first, last, newestFirst } = dates;
  return [
    newestFirst
      ? `“${name}” runs from ${first} back to ${last}, so the rows were turned round: oldest first.`
      : `“${name}” holds dates; the rows count as evenly spaced, in the order of the file.`,
  ];
}

function missingNotices(table: Table, missing: Required<ImportChoices>['missing']): string[] {
  const { count, line } = table.column.missing;
  if (count === 0) return [];
  const treatment = {
    skip: 'windows that would hold one are left out',
    interpolate: 'a straight line takes their place',
    previous: 'the value before takes their place',
  }[missing];
  return [
    `${readable(count)} of ${counted(table.rows, 'value')} ${count === 1 ? 'is' : 'are'} missing, the first in line ` +
      `${readable(line)}; ${treatment}.`,
  ];
}

/** @param doubtfulComma a decimal comma was found and not chosen */
function tableNotices(table: Table, encoding: string, doubtfulComma: boolean): string[] {
  const { layout, before, blankRows, irregular } = table;
  const { width, across, commaIsDecimal } = layout;
  return [
    across && 'The one row of numbers was read as one series.',
    commaIsDecimal &&
      doubtfulComma &&
      'Each row was read as one number with a decimal comma. Choose the decimal point if they are two columns.',
    before.count > 0 &&
      `Left out before the table: ${counted(before.count, 'row')}, beginning “${before.text}”.`,
    blankRows > 0 && `Left out as blank: ${counted(blankRows, 'row')}.`,
    irregular.count > 0 &&
      `Not of ${counted(width, 'field')} as the others: ${counted(irregular.count, 'row')}, the first in line ` +
        `${readable(irregular.line)} with ${irregular.text}. Fields that lack count as missing.`,
    encoding === 'windows-1252' && 'The text is not UTF-8 and was read as Windows-1252.',
  ].filter((notice) => typeof notice === 'string');
}
