/** Sizes that follow from a configuration. */
import type { ModelConfiguration, RecurrentLayerConfiguration, StackConfiguration } from './configuration.ts';

/** Features of a layer's output: H, or 2H where it reads both ways. */
export function layerWidth({ hiddenSize, bidirectional }: RecurrentLayerConfiguration): number {
  return bidirectional ? 2 * hiddenSize : hiddenSize;
}

/** Features that the first layer reads: I; of embedded tokens the size of their vectors. */
export function readSize({ input, inputSize }: StackConfiguration): number {
  return input?.kind === 'embedding' ? input.size : inputSize;
}

/** Features that a layer reads. */
export function layerInputSize(stack: StackConfiguration, index: number): number {
  return index === 0 ? readSize(stack) : layerWidth(stack.layers[index - 1]!);
}

/** Features of a stack's outputs. */
export function stackWidth({ layers }: StackConfiguration): number {
  return layerWidth(layers.at(-1)!);
}

export function readsTokens({ input }: StackConfiguration): boolean {
  return input !== undefined && input.kind !== 'values';
}

/** Features of the outputs: O, or what the final h has where there is no head. */
export function outputWidth(model: ModelConfiguration): number {
  return model.readout === 'none' ? stackWidth(model) : model.outputSize;
}

/** T′: time steps that have an output. */
export function outputSteps({ readout = 'every-step' }: ModelConfiguration, steps: number): number {
  return readout === 'every-step' ? steps : 1;
}
