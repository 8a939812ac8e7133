/**
 * Where each parameter lies in the one flat buffer. An optimiser step is then one dispatch, a checkpoint one copy.
 */
import { cellNamed } from '../cells/registry.ts';
import type { ModelConfiguration } from './configuration.ts';

/** Views begin at multiples of this many floats, so that they can be read four at a time; the gaps stay zero. */
const ALIGNMENT = 4;

export interface ParameterView {
  /** Such as `rnn.l0.W` or `readout.U`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** In floats from the start of the buffer. */
  readonly offset: number;
  /** Product of the shape. */
  readonly length: number;
}

export interface ParameterLayout {
  readonly views: readonly ParameterView[];
  /** Floats in the whole buffer, gaps included. */
  readonly length: number;
  /** Floats that are parameters: the sum of the views' lengths. */
  readonly count: number;
}

/** Name of a parameter of a recurrent layer, such as `rnn.l0.W`. */
export function layerParameter(cell: string, layer: number, parameter: string): string {
  return `${cell}.l${layer}.${parameter}`;
}

/**
 * Per recurrent layer: `W [I + H, G·H]` (the input's rows first, gates stacked by block), `b [G·H]`, then the cell's
 * own vectors `[H]`; last the readout, `U [H, O]` and `d [O]`.
 */
export function parameterLayout(model: ModelConfiguration): ParameterLayout {
  const views: ParameterView[] = [];
  let end = 0;
  const add = (name: string, ...shape: number[]): void => {
    const length = shape.reduce((product, size) => product * size, 1);
    views.push({ name, shape, offset: end, length });
    end = Math.ceil((end + length) / ALIGNMENT) * ALIGNMENT;
  };
  let inputSize = model.inputSize;
  model.layers.forEach(({ cell: name, hiddenSize }, index) => {
    const cell = cellNamed(name);
    add(layerParameter(name, index, 'W'), inputSize + hiddenSize, cell.gates.length * hiddenSize);
    add(layerParameter(name, index, 'b'), cell.gates.length * hiddenSize);
    for (const vector of cell.vectors) add(layerParameter(name, index, vector), hiddenSize);
    inputSize = hiddenSize;
  });
  add('readout.U', inputSize, model.outputSize);
  add('readout.d', model.outputSize);
  return { views, length: end, count: views.reduce((sum, view) => sum + view.length, 0) };
}

/** @throws Error where the layout has no view of that name. */
export function parameterView(layout: ParameterLayout, name: string): ParameterView {
  const view = layout.views.find((candidate) => candidate.name === name);
  if (!view) throw new Error(`There is no parameter ${name}.`);
  return view;
}
