/**
 * A series from a CSV or text file, or from pasted text: read piece by piece, so that a worker stays free for other
 * work between two pieces, and in memory for one column only.
 */
import { findLayout } from './layout.ts';
import { type ImportedSeries, reportOn } from './report.ts';
import { RowSplitter } from './rows.ts';
import { Table } from './table.ts';
import { empty, textPieces } from './text.ts';
import type { ImportChoices } from './types.ts';

/**
 * Reads one column of a table. What the choices leave open is found out from the text and told in the report; what is
 * wrong with the chosen column alone is told there too, as other choices may help.
 * @param name of the file, for the report's `source`
 * @throws ImportError where nothing can be read: empty, too large, too many rows, no text, no such column
 */
export async function importSeries(
  name: string,
  content: Blob | string,
  choices: ImportChoices = {},
): Promise<ImportedSeries> {
  const file = typeof content === 'string' ? new Blob([content]) : content;
  let table: Table | undefined;
  let splitter: RowSplitter | undefined;
  let encoding = '';
  for await (const piece of textPieces(file)) {
    if (table === undefined || splitter === undefined) {
      const layout = findLayout(piece.text, piece.last, choices);
      table = new Table(layout, choices.column ?? layout.likely);
      splitter = new RowSplitter(layout.delimiter, piece.text);
      encoding = piece.encoding;
    }
    splitter.push(piece.text, piece.last, table.addRow);
  }
  if (table === undefined || table.rows === 0) throw empty();
  return reportOn(table, choices, { name, encoding });
}
