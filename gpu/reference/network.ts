/** A whole model: the parts of a flat array of parameters, or of a gradient, as views that share its memory. */
import type { ModelConfiguration, StackConfiguration } from '../model/configuration.ts';
import { directedLayers, ENCODER, parameterLayout } from '../model/parameters.ts';
import { layerInputSize, layerWidth, stackWidth } from '../model/shape.ts';
import type { Attention } from './attention.ts';
import type { LinearLayer } from './linear.ts';
import type { StackLayer } from './outputs.ts';
import type { RecurrentLayer } from './recurrent.ts';
import { referenceCell } from './registry.ts';
import type { Stack } from './stack.ts';

export interface Network {
  readonly model: ModelConfiguration;
  readonly main: Stack;
  readonly encoder: Stack | undefined;
  readonly attention: Attention | undefined;
  /** From a vector to all initial states. */
  readonly start: LinearLayer | undefined;
  /** None where the final h is the output itself. */
  readonly readout: LinearLayer | undefined;
}

/** The values of a parameter by its name. */
type View = (name: string) => Float64Array;

/** @param values in the order of the model's parameter layout. */
export function networkOf(model: ModelConfiguration, values: Float64Array): Network {
  const layout = parameterLayout(model);
  if (values.length !== layout.length) {
    throw new RangeError(`${values.length} parameters given; the model has ${layout.length}.`);
  }
  const views = new Map(
    layout.views.map(({ name, offset, length }) => [name, values.subarray(offset, offset + length)]),
  );
  const view: View = (name) => {
    const found = views.get(name);
    if (!found) throw new RangeError(`The parameter layout has no ${name}.`);
    return found;
  };
  return {
    model,
    main: stackOf(model, view, ''),
    encoder: model.encoder && stackOf(model.encoder, view, ENCODER),
    attention: attentionOf(model, view),
    start: model.vectorSize ? { U: view('start.V'), d: view('start.e') } : undefined,
    readout: model.readout === 'none' ? undefined : { U: view('readout.U'), d: view('readout.d') },
  };
}

function stackOf(stack: StackConfiguration, view: View, prefix: string): Stack {
  const { input, layers, dropout: rates = {} } = stack;
  const directions = directedLayers(stack, prefix);
  return {
    embedding:
      input?.kind === 'embedding' ? { E: view(`${prefix}embedding.E`), size: input.size } : undefined,
    layers: layers.map((layer, index): StackLayer => {
      const own = directions.filter((direction) => direction.index === index);
      return {
        directions: own.map(({ name, reverse }) => recurrentLayer(stack, index, view, name, reverse)),
        residual: layer.residual ?? false,
        width: layerWidth(layer),
      };
    }),
    dropout: { rates, isEncoder: prefix === ENCODER, numLayers: layers.length },
  };
}

function recurrentLayer(
  stack: StackConfiguration,
  index: number,
  view: View,
  name: string,
  reverse: boolean,
): RecurrentLayer {
  const layer = stack.layers[index]!;
  const { hiddenSize } = layer;
  const cell = referenceCell(layer);
  const b = view(`${name}.b`);
  if (b.length !== cell.gates * hiddenSize) {
    throw new RangeError(`The reference cell ${layer.cell} has ${cell.gates} gates; the layout has others.`);
  }
  return {
    cell,
    reverse,
    inputSize: layerInputSize(stack, index),
    hiddenSize,
    W: view(`${name}.W`),
    b,
    vectors: cell.vectors.map((vector) => view(`${name}.${vector}`)),
  };
}

function attentionOf({ attention, encoder }: ModelConfiguration, view: View): Attention | undefined {
  if (!attention || !encoder) return undefined;
  return {
    score:
      attention === 'additive'
        ? { Wq: view('attention.Wq'), Wk: view('attention.Wk'), v: view('attention.v') }
        : undefined,
    combine: { U: view('attention.C'), d: view('attention.c') },
    sourceWidth: stackWidth(encoder),
  };
}
