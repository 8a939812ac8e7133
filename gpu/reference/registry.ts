import type { ReferenceCell } from './cell.ts';
import { gru } from './cells/gru.ts';
import { lstm } from './cells/lstm.ts';
import { rnn } from './cells/rnn.ts';

const cells = new Map<string, ReferenceCell>(Object.entries({ rnn, lstm, gru }));

/** Makes a cell known under the name that a model's configuration uses; replaces one of the same name. */
export function registerReferenceCell(name: string, cell: ReferenceCell): void {
  cells.set(name, cell);
}

/** @throws Error that lists the known cells. */
export function referenceCell(name: string): ReferenceCell {
  const cell = cells.get(name);
  if (!cell) {
    throw new Error(`The reference knows no cell “${name}”; it knows ${[...cells.keys()].join(', ')}.`);
  }
  return cell;
}
