import type { RecurrentLayerConfiguration } from '../model/configuration.ts';
import type { ReferenceCell } from './cell.ts';
import { gru } from './cells/gru.ts';
import { lstm, peepholeLstm } from './cells/lstm.ts';
import { reluRnn, rnn } from './cells/rnn.ts';

const cells = new Map<string, ReferenceCell>(Object.entries({ rnn, lstm, gru }));

/** Makes a cell known under the name that a model's configuration uses; replaces one of the same name. */
export function registerReferenceCell(name: string, cell: ReferenceCell): void {
  cells.set(name, cell);
}

/** The cell of a layer, in the variant that it asks for. @throws Error that lists the known cells. */
export function referenceCell({
  cell: name,
  activation,
  peepholes,
}: Pick<RecurrentLayerConfiguration, 'cell' | 'activation' | 'peepholes'>): ReferenceCell {
  if (name === 'rnn' && activation === 'relu') return reluRnn;
  if (name === 'lstm' && peepholes) return peepholeLstm;
  const cell = cells.get(name);
  if (!cell) {
    throw new Error(`The reference knows no cell “${name}”; it knows ${[...cells.keys()].join(', ')}.`);
  }
  return cell;
}
