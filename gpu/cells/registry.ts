import type { CellDescription } from './cell.ts';
import { gru } from './gru.ts';
import { lstm, peepholeLstm } from './lstm.ts';
import { reluRnn, rnn } from './rnn.ts';

const cells = new Map<string, CellDescription>([rnn, lstm, gru].map((cell) => [cell.name, cell]));

/** Adds a cell, so that configurations can name it; one of the same name is replaced. The reference has cells of its own. */
export function registerCell(cell: CellDescription): void {
  cells.set(cell.name, cell);
}

export function cellNames(): readonly string[] {
  return [...cells.keys()];
}

/** The cell of a name; undefined where there is none. */
export function findCell(name: string): CellDescription | undefined {
  return cells.get(name);
}

/** @throws Error where there is no such cell: validate the configuration first. */
function cellNamed(name: string): CellDescription {
  const cell = cells.get(name);
  if (!cell) throw new Error(`There is no cell named ${name}; there are ${cellNames().join(', ')}.`);
  return cell;
}

/** What a configuration says of a layer's cell; see RecurrentLayerConfiguration. */
export interface CellChoice {
  readonly cell: string;
  readonly activation?: 'tanh' | 'relu';
  readonly peepholes?: boolean;
}

/** The variant of a cell that takes its place where a layer sets the option to the value. */
interface Variant {
  readonly option: Exclude<keyof CellChoice, 'cell'>;
  readonly value: string | boolean;
  readonly description: CellDescription;
}

const VARIANTS: readonly Variant[] = [
  { option: 'activation', value: 'relu', description: reluRnn },
  { option: 'peepholes', value: true, description: peepholeLstm },
];

/** The cell of a layer, in the variant that it asks for. @throws Error as `cellNamed`. */
export function cellOf(choice: CellChoice): CellDescription {
  const variant = VARIANTS.find(
    ({ option, value, description }) => description.variantOf === choice.cell && choice[option] === value,
  );
  return variant?.description ?? cellNamed(choice.cell);
}
