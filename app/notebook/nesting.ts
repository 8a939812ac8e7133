/**
 * Markdown whose parts lie inside one another by the hundred takes a parser seconds and more, and no reader wrote it to
 * be read. It is found line by line, before it is parsed.
 */
import type { Problem } from './document.ts';

/** Quotes and lists one inside the other. */
const MOST_LEVELS = 32;
/** Marks that may open a link or emphasis, in one paragraph. */
const MOST_MARKS = 500;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const QUOTE = /^ {0,3}> ?/;
const LIST_ITEM = /^( *)(?:[-+*]|\d{1,9}[.)])(?: |$)/;
/** The row under the names of a table. */
const TABLE = /^[ |:]*-[ |:-]*\|[ |:-]*$|^ *\|[ |:-]*-[ |:-]*$/;
const MARKS = /[*_~[]/g;

/** The first place where a document is nested too deeply; undefined where there is none. */
export function nestingProblem(text: string): Problem | undefined {
  let fence = '';
  let items: readonly number[] = [];
  let marks = 0;
  let table = false;
  for (const [index, line] of text.split('\n').entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (mark && (fence === '' || mark.startsWith(fence))) fence = fence ? '' : mark;
    if (mark || fence) continue;
    const place = containers(line, items);
    if (place.levels > MOST_LEVELS) {
      return problem(
        index,
        `Quotes and lists lie more than ${MOST_LEVELS} deep here. At most ${MOST_LEVELS} can.`,
      );
    }
    items = place.items;
    const blank = place.rest.trim() === '';
    table = !blank && (table || TABLE.test(place.rest));
    const here = place.rest.match(MARKS)?.length ?? 0;
    // The cells of a table are paragraphs of their own.
    marks = blank || table ? here : marks + here;
    if (marks > MOST_MARKS) {
      return problem(
        index,
        `The paragraph has more than ${MOST_MARKS} of the signs that begin a link or emphasis, ` +
          'which are [, *, _ and ~. Divide it by a blank line.',
      );
    }
  }
  return undefined;
}

interface Place {
  /** How many quotes and list items the line lies in. */
  readonly levels: number;
  /** Columns of the list items among them, outermost first. */
  readonly items: readonly number[];
  /** The line after its marks. */
  readonly rest: string;
}

/** Where a line lies: in what its own marks open, and in those of the list items `before` it that its indentation keeps. */
function containers(line: string, before: readonly number[]): Place {
  let rest = line;
  let column = 0;
  let quotes = 0;
  let items = /^\S/.test(line) ? [] : before;
  while (quotes + items.length <= MOST_LEVELS) {
    const quote = QUOTE.exec(rest)?.[0];
    const item = LIST_ITEM.exec(rest);
    if (quote === undefined && !item) break;
    if (item) {
      const at = column + item[1]!.length;
      items = [...items.filter((outer) => outer < at), at];
    } else quotes++;
    const read = (item?.[0] ?? quote!).length;
    column += read;
    rest = rest.slice(read);
  }
  return { levels: quotes + items.length, items, rest };
}

function problem(index: number, message: string): Problem {
  return { line: index + 1, field: '', message };
}
