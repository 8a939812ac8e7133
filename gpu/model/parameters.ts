/**
 * Where each parameter lies in the one flat buffer. An optimiser step is then one dispatch, a checkpoint one copy.
 */
import type { CellDescription } from '../cells/cell.ts';
import { cellOf } from '../cells/registry.ts';
import type { ModelConfiguration, StackConfiguration } from './configuration.ts';
import { layerInputSize, stackWidth } from './shape.ts';

/** Views begin at multiples of this many floats, so that they can be read four at a time; the gaps stay zero. */
const ALIGNMENT = 4;

/** What the names of an encoder's parameters begin with. */
export const ENCODER = 'encoder.';

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

/** A set of recurrent weights: a layer, or one direction of a bidirectional one. */
export interface DirectedLayer {
  /** What its parameters' names begin with: `lstm.l0`, `lstm.l0.reverse`, `encoder.lstm.l0`. */
  readonly name: string;
  /** Of the layer in its stack. */
  readonly index: number;
  readonly cell: CellDescription;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly reverse: boolean;
}

/** Every set of recurrent weights of a stack, layer by layer, forward before reverse. */
export function directedLayers(stack: StackConfiguration, prefix = ''): DirectedLayer[] {
  return stack.layers.flatMap((layer, index) => {
    const name = `${prefix}${layer.cell}.l${index}`;
    const { hiddenSize } = layer;
    const forward = { name, index, cell: cellOf(layer), inputSize: layerInputSize(stack, index), hiddenSize };
    return layer.bidirectional
      ? [
          { ...forward, reverse: false },
          { ...forward, name: `${name}.reverse`, reverse: true },
        ]
      : [{ ...forward, reverse: false }];
  });
}

/**
 * In this order, each only where the model has it: of the encoder `encoder.embedding.E` and its layers; `start.V
 * [vectorSize, N]` and `start.e [N]`, N being all states' units, layer by layer; `embedding.E [inputSize, size]`; the
 * layers; `attention.Wq [D, D]`, `.Wk [E, D]`, `.v [D]` (additive only), `.C [E + D, D]`, `.c [D]`, D and E the widths of
 * this stack's and the encoder's outputs; the head, `readout.U` and `readout.d [O]`.
 * A layer has `W [I + H, G·H]` (the input's rows first, gates stacked by block), `b [G·H]` and the cell's own vectors `[H]`.
 */
export function parameterLayout(model: ModelConfiguration): ParameterLayout {
  const views: ParameterView[] = [];
  let end = 0;
  const add = (name: string, ...shape: number[]): void => {
    const length = shape.reduce((product, size) => product * size, 1);
    views.push({ name, shape, offset: end, length });
    end = Math.ceil((end + length) / ALIGNMENT) * ALIGNMENT;
  };
  const addLayers = (stack: StackConfiguration, prefix = ''): void => {
    for (const { name, cell, inputSize, hiddenSize } of directedLayers(stack, prefix)) {
      add(`${name}.W`, inputSize + hiddenSize, cell.gates.length * hiddenSize);
      add(`${name}.b`, cell.gates.length * hiddenSize);
      for (const vector of cell.vectors) add(`${name}.${vector}`, hiddenSize);
    }
  };
  const addEmbedding = ({ input, inputSize }: StackConfiguration, prefix = ''): void => {
    if (input?.kind === 'embedding') add(`${prefix}embedding.E`, inputSize, input.size);
  };
  if (model.encoder) {
    addEmbedding(model.encoder, ENCODER);
    addLayers(model.encoder, ENCODER);
  }
  if (model.vectorSize) {
    add('start.V', model.vectorSize, startSize(model));
    add('start.e', startSize(model));
  }
  addEmbedding(model);
  addLayers(model);
  const width = stackWidth(model);
  if (model.encoder && model.attention) {
    const source = stackWidth(model.encoder);
    if (model.attention === 'additive') {
      add('attention.Wq', width, width);
      add('attention.Wk', source, width);
      add('attention.v', width);
    }
    add('attention.C', source + width, width);
    add('attention.c', width);
  }
  if (model.readout !== 'none') {
    add('readout.U', width, model.outputSize);
    add('readout.d', model.outputSize);
  }
  return { views, length: end, count: views.reduce((sum, view) => sum + view.length, 0) };
}

/** @throws Error where the layout has no view of that name. */
export function parameterView(layout: ParameterLayout, name: string): ParameterView {
  const view = layout.views.find((candidate) => candidate.name === name);
  if (!view) throw new Error(`There is no parameter ${name}.`);
  return view;
}

/** Units of all states of all layers: what a vector's `start.V` makes. */
function startSize(model: ModelConfiguration): number {
  return directedLayers(model).reduce(
    (sum, { cell, hiddenSize }) => sum + cell.states.length * hiddenSize,
    0,
  );
}
