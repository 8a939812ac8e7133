/** What a run must satisfy before anything is allocated. */
import type { ModelConfiguration, RunConfiguration, TrainingConfiguration } from './configuration.ts';
import { CONTINUATIONS, FAMILIES, type KernelChoice, PRECISIONS, RECURRENCES } from '../kernels/choice.ts';
import { requireCount, requireLength, requireOneOf, requireUint32 } from './checks.ts';
import type { TrainingData, TrainingState } from './engine.ts';
import { ConfigurationError } from './errors.ts';
import { optimizerSlots } from './optimizer.ts';
import { directedLayers, parameterLayout } from './parameters.ts';
import { validateData } from './validate-data.ts';
import { validateModel } from './validate-model.ts';
import { validateSize, validateTraining } from './validate-training.ts';

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateRun(configuration: RunConfiguration, data: TrainingData, state: TrainingState): void {
  validateConfiguration(configuration);
  validateData(configuration, data);
  validateState(configuration, state);
}

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateConfiguration({ model, training, kernels = {} }: RunConfiguration): void {
  validateModel(model);
  requireCount('training.batchSize', training.batchSize);
  requireCount('training.sequenceLength', training.sequenceLength);
  if (training.sourceLength !== undefined) requireCount('training.sourceLength', training.sourceLength);
  requireUint32('training.seed', training.seed);
  validateSize(model);
  validateTraining(training);
  validateCostSteps(model, training);
  validateRecomputation(model, training);
  validateKernels(kernels);
}

function validateKernels({
  family,
  recurrence,
  continuation,
  hoisted = false,
  precision,
}: Partial<KernelChoice>): void {
  requireOneOf('kernels.family', family, FAMILIES);
  requireOneOf('kernels.recurrence', recurrence, RECURRENCES);
  requireOneOf('kernels.continuation', continuation, CONTINUATIONS);
  requireOneOf('kernels.precision', precision, PRECISIONS);
  if (typeof hoisted !== 'boolean') {
    throw new ConfigurationError('kernels.hoisted', `is ${String(hoisted)}; allowed: true, false.`);
  }
}

function validateCostSteps(
  { readout = 'every-step' }: ModelConfiguration,
  { costSteps, sequenceLength }: TrainingConfiguration,
): void {
  if (!costSteps) return;
  const { from, to } = costSteps;
  if (readout !== 'every-step') {
    throw new ConfigurationError('training.costSteps', `are given, but the readout is ${readout}.`);
  }
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > sequenceLength) {
    throw new ConfigurationError(
      'training.costSteps',
      `are ${from} to ${to}; allowed: whole numbers, 0 ≤ from < to ≤ ${sequenceLength}.`,
    );
  }
}

function validateRecomputation(model: ModelConfiguration, training: TrainingConfiguration): void {
  const { keepEvery, sequenceLength } = training;
  if (keepEvery === undefined) return;
  if (!Number.isInteger(keepEvery) || keepEvery < 2 || keepEvery > sequenceLength) {
    throw new ConfigurationError(
      'training.keepEvery',
      `is ${keepEvery}; allowed: whole numbers from 2 to the sequence's ${sequenceLength}.`,
    );
  }
  const hindrance = recomputationHindrance(model);
  if (hindrance) {
    throw new ConfigurationError(
      'training.keepEvery',
      `is ${keepEvery}, but time steps cannot be recomputed piece by piece with ${hindrance}.`,
    );
  }
}

/** Whether the states between segments are all that the backward sweep of a segment needs. */
export function canRecompute(model: ModelConfiguration): boolean {
  return recomputationHindrance(model) === null;
}

function recomputationHindrance(model: ModelConfiguration): string | null {
  if (model.layers.some(({ bidirectional }) => bidirectional)) return 'bidirectional layers';
  if (model.attention) return 'attention';
  return model.feeding === 'own' ? 'its own outputs fed back' : null;
}

/** A state that a run is to go on from. @throws ConfigurationError naming the field and what is allowed. */
export function validateState({ model, training }: RunConfiguration, state: TrainingState): void {
  const { length } = parameterLayout(model);
  const slots = optimizerSlots(training.optimizer).length;
  requireUint32('state.iteration', state.iteration);
  requireLength('state.parameters', state.parameters, length);
  requireLength('state.optimizerState', state.optimizerState, length * slots);
  if (!state.carriedStates) return;
  const units = directedLayers(model).reduce(
    (sum, { cell, hiddenSize }) => sum + cell.states.length * hiddenSize,
    0,
  );
  requireLength('state.carriedStates', state.carriedStates, units * training.batchSize);
}
