/**
 * The states that a sequence begins with, where they are made: by an encoder, which hands its final ones on, or from a
 * vector. Forward, and backward from their gradient.
 */
import type { Recording } from '../kernels/plan.ts';
import type { GradientContext, LayerContext, Place } from '../layers/context.ts';
import { type LinearLayer, recordColumnSums, recordProduct } from '../layers/linear.ts';
import { recordJoin, recordJoinGradient } from '../layers/outputs.ts';
import { initialStateGradient, recordTakeInitial } from '../layers/recurrent.ts';
import { directionsOf, type Network, type NetworkUse } from './network.ts';
import {
  dropsRecurrently,
  finalSlot,
  initialSlot,
  type NamedBuffers,
  statePlace,
  type Use,
} from './stack.ts';
import { gradientBuffers } from './stack-backward.ts';
import { directionBuffers, wholeSpan } from './stack-forward.ts';

/** The encoder's final states, [s forward ‖ s reverse], become the initial ones, layer by layer. */
export function handOnStates(
  { family }: LayerContext,
  { main, encoder }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  const source = use.source!;
  return main.layers.flatMap((layer, index) => {
    const from = encoder!.layers[index]!.directions;
    const to = layer.directions[0]!;
    return to.cell.states.map((_, state) =>
      recordJoin(family, {
        parts: from.map((direction) =>
          statePlace(buffers, direction, source, finalSlot(direction, source.steps), state),
        ),
        hiddenSize: from[0]!.hiddenSize,
        batch: use.batch,
        steps: 1,
        firstTime: 0,
        out: statePlace(buffers, to, use, initialSlot(to, use), state),
      }),
    );
  });
}

/** s(0) = v·V + e, a block of columns to each state of each set of weights. */
export function startFromVector(
  { family, parameters }: LayerContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  start: LinearLayer,
): Recording[] {
  let column = 0;
  return directionsOf(main).flatMap((direction) =>
    direction.cell.states.map((_, state) => {
      const at = column;
      column += direction.hiddenSize;
      return recordProduct(
        family,
        [use.batch, start.inputSize, direction.hiddenSize],
        { buffer: buffers['vectors']!, at: 0, rowStride: start.inputSize, innerStride: 1 },
        {
          buffer: parameters,
          at: start.weights + at,
          innerStride: start.outputSize,
          columnStride: 1,
        },
        {
          ...statePlace(buffers, direction, use, initialSlot(direction, use), state),
          rowStride: direction.hiddenSize,
        },
        { buffer: parameters, at: start.bias + at },
      );
    }),
  );
}

/** Whether initial states are made into what time steps are to read. */
export function takesInitialStates({ main }: Network, use: NetworkUse): boolean {
  return use.starts === 'given' && (use.halves || dropsRecurrently(main, use));
}

/** Each initial h rounded, and dropped as W is to see it, where that is asked for. */
export function takeInitialStates(
  context: LayerContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer) =>
    layer.directions.map((direction) =>
      recordTakeInitial(
        context,
        direction,
        directionBuffers(main, use, buffers, layer, direction, wholeSpan(use)),
        direction.reverse ? use.steps - 1 : 0,
        direction.reverse ? use.steps - 1 : 0,
      ),
    ),
  );
}

/** The whole gradient of the initial states, left in `.dStates`. */
export function initialGradients(
  context: GradientContext,
  { main }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer) =>
    layer.directions.map((direction) =>
      initialStateGradient(
        context,
        direction,
        directionBuffers(main, use, buffers, layer, direction, wholeSpan(use)),
        gradientBuffers(use, buffers, direction),
        use.held,
      ),
    ),
  );
}

/** dV = vᵀ·ds(0) and de = Σ ds(0), a block of columns for each state. */
export function vectorGradient(
  { family, gradients }: GradientContext,
  { main }: Network,
  { batch }: Use,
  buffers: NamedBuffers,
  { inputSize, outputSize, weights, bias }: LinearLayer,
): Recording[] {
  let column = 0;
  return directionsOf(main).flatMap(({ key, cell, hiddenSize }) =>
    cell.states.flatMap((_, state) => {
      const at = column;
      column += hiddenSize;
      const d = { buffer: buffers[`${key}.dStates`]!, at: state * batch * hiddenSize };
      return [
        recordProduct(
          family,
          [inputSize, batch, hiddenSize],
          { buffer: buffers['vectors']!, at: 0, rowStride: 1, innerStride: inputSize },
          { ...d, innerStride: hiddenSize, columnStride: 1 },
          { buffer: gradients, at: weights + at, rowStride: outputSize },
        ),
        recordColumnSums(
          family,
          [batch, hiddenSize],
          { ...d, rowStride: hiddenSize },
          { buffer: gradients, at: bias + at },
        ),
      ];
    }),
  );
}

/** The gradient of the initial states is that of the encoder's final ones. */
export function handBackStates(
  { family }: GradientContext,
  { main, encoder }: Network,
  { batch }: Use,
  buffers: NamedBuffers,
): Recording[] {
  return main.layers.flatMap((layer, index) => {
    const from = layer.directions[0]!;
    const to = encoder!.layers[index]!.directions;
    return from.cell.states.flatMap((_, state) =>
      recordJoinGradient(family, {
        hiddenSize: to[0]!.hiddenSize,
        batch,
        steps: 1,
        firstTime: 0,
        dOut: { buffer: buffers[`${from.key}.dStates`]!, at: state * batch * from.hiddenSize },
        dParts: to.map(({ key, hiddenSize }): Place => {
          return { buffer: buffers[`${key}.dStates`]!, at: state * batch * hiddenSize };
        }),
      }),
    );
  });
}
