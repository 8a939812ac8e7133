import type { RunConfiguration, StackConfiguration } from '../model/configuration.ts';
import type { Engine, EngineDescription, RunCost, TrainingData, TrainingState } from '../model/engine.ts';
import { parameterLayout } from '../model/parameters.ts';
import { layerWidth, readSize } from '../model/shape.ts';
import { validateRun } from '../model/validation.ts';
import { referenceCell } from './registry.ts';
import { ReferenceRun } from './run.ts';

const description: EngineDescription = {
  kind: 'reference',
  vendor: '',
  architecture: '',
  software: true,
  label: 'Reference engine · CPU',
};

/** The model in plain TypeScript and float64: the judge of the GPU's kernels, and its stand-in where there is none. */
export function openReferenceEngine(): Engine {
  return {
    description,
    lost: new Promise(() => {}),
    async createRun(configuration, data, state) {
      validateRun(configuration, data, state);
      const { model, training } = configuration;
      return new ReferenceRun({ model, training }, referenceCost(configuration, data, state), data, state);
    },
    kernelChoices: () => [],
    async tune(configuration, data, state) {
      validateRun(configuration, data, state);
      return null;
    },
    ceiling: () => Promise.resolve(null),
    destroy: () => {},
  };
}

/** Bytes at the most: parameters, gradient and slots, the data, and what forward leaves for backward. */
function referenceCost(
  { model, training }: RunConfiguration,
  data: TrainingData,
  { optimizerState }: TrainingState,
): RunCost {
  const layout = parameterLayout(model);
  const { batchSize, sequenceLength, sourceLength = 0 } = training;
  const main = sequenceLength * (stackNumbers(model) + 2 * model.outputSize);
  const source = model.encoder ? sourceLength * stackNumbers(model.encoder) : 0;
  const attention = model.attention ? sequenceLength * sourceLength : 0;
  const numbers = 2 * layout.length + optimizerState.length + batchSize * (main + source + attention);
  return {
    parameters: layout.count,
    bytes: 8 * numbers + dataBytes(data),
    dispatchesPerIteration: 0,
    kernels: [],
  };
}

/** Numbers that a stack keeps for each row and time step. */
function stackNumbers(stack: StackConfiguration): number {
  return stack.layers.reduce(
    (sum, layer) => {
      const cell = referenceCell(layer);
      const each = 3 * cell.gates + cell.states.length + cell.saved + cell.vectors.length + 3;
      return sum + layerWidth(layer) * each;
    },
    2 * readSize(stack),
  );
}

function dataBytes(data: TrainingData): number {
  if (data.kind !== 'examples' && data.kind !== 'streams') return data.values.byteLength;
  const { inputs, targets, mask, source } = data;
  return [inputs, targets, mask, source?.inputs].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
}
