/** What training must satisfy apart from its data: optimiser, schedule, clipping, initial values. */
import { LARGEST_FLOAT, requireFraction, requireKnown, requirePositiveFloat } from './checks.ts';
import type {
  ModelConfiguration,
  OptimizerConfiguration,
  ScheduleConfiguration,
  TrainingConfiguration,
} from './configuration.ts';
import { ConfigurationError } from './errors.ts';
import { parameterLayout } from './parameters.ts';

/** Floats of the largest buffer that an index of 32 bits reaches by the byte. */
const MOST_PARAMETERS = 2 ** 30;

const ALGORITHMS = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'];
const SCHEDULES = ['constant', 'step', 'cosine', 'warm-up'];
const INITIALIZERS = ['glorot', 'he', 'orthogonal', 'uniform', 'identity'];

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateTraining(training: TrainingConfiguration): void {
  const { optimizer, schedule, clipNorm, clipValue, initializer, spectralRadius } = training;
  if (clipNorm !== null) requirePositiveFloat('training.clipNorm', clipNorm);
  if (clipValue !== undefined) requirePositiveFloat('training.clipValue', clipValue);
  validateOptimizer(optimizer);
  if (schedule !== undefined) validateSchedule(schedule);
  requireKnown('training.initializer', initializer, INITIALIZERS);
  if (spectralRadius !== undefined) requirePositiveFloat('training.spectralRadius', spectralRadius);
}

function validateOptimizer(optimizer: OptimizerConfiguration): void {
  const field = 'training.optimizer';
  requireKnown(`${field}.algorithm`, optimizer.algorithm, ALGORITHMS);
  requirePositiveFloat(`${field}.learningRate`, optimizer.learningRate);
  const { weightDecay = 0 } = optimizer;
  if (!(Number.isFinite(weightDecay) && weightDecay >= 0 && weightDecay <= LARGEST_FLOAT)) {
    throw new ConfigurationError(`${field}.weightDecay`, `is ${weightDecay}; allowed: numbers from 0.`);
  }
  switch (optimizer.algorithm) {
    case 'momentum':
    case 'nesterov':
      requireFraction(`${field}.momentum`, optimizer.momentum);
      break;
    case 'rmsprop':
      requireFraction(`${field}.decay`, optimizer.decay);
      requirePositiveFloat(`${field}.epsilon`, optimizer.epsilon);
      break;
    case 'adam':
    case 'adamw':
      requireFraction(`${field}.beta1`, optimizer.beta1);
      requireFraction(`${field}.beta2`, optimizer.beta2);
      requirePositiveFloat(`${field}.epsilon`, optimizer.epsilon);
      break;
    default:
  }
}

function validateSchedule(schedule: ScheduleConfiguration): void {
  const field = 'training.schedule';
  requireKnown(`${field}.kind`, schedule.kind, SCHEDULES);
  switch (schedule.kind) {
    case 'step':
      requireIterations(`${field}.every`, schedule.every);
      requirePositiveFloat(`${field}.factor`, schedule.factor);
      break;
    case 'cosine':
    case 'warm-up':
      requireIterations(`${field}.iterations`, schedule.iterations);
      break;
    default:
  }
}

/** @throws ConfigurationError where the model has more parameters than one buffer can hold on any machine. */
export function validateSize(model: ModelConfiguration): void {
  const { length } = parameterLayout(model);
  if (!(length <= MOST_PARAMETERS)) {
    const [has, most] = [length, MOST_PARAMETERS].map((count) => count.toLocaleString('en'));
    throw new ConfigurationError('model', `has ${has} parameters; allowed: up to ${most}.`);
  }
}

/** A learning rate set while a run trains. @throws ConfigurationError */
export function validateLearningRate(learningRate: number): void {
  requirePositiveFloat('learningRate', learningRate);
}

/** @throws ConfigurationError where the value is no count of 32 bits. */
function requireIterations(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 0xffffffff) {
    throw new ConfigurationError(field, `is ${value}; allowed: whole numbers from 1 to 4294967295.`);
  }
}
