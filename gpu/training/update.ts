/** The end of an iteration: gradient norm, decision, check and update of all parameters. See shaders/optimizer/. */
import * as library from '../kernels/library.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import { LARGEST_FLOAT } from '../model/checks.ts';
import type {
  OptimizerConfiguration,
  ScheduleConfiguration,
  TrainingConfiguration,
} from '../model/configuration.ts';
import { optimizerSlots } from '../model/optimizer.ts';
import type { NamedBuffers } from '../model/stack.ts';

/** Records that the ring of losses holds, and so the most iterations of a submission. */
export const RECORDS = 1024;
/** 4-byte words before the ring; see shaders/optimizer/control.wgsl. */
export const CONTROL_WORDS = 5;
export const SETTINGS_WORDS = 15;
/** The dispatches of `recordUpdate` that must not be parted: what is decided is also done. */
export const INSEPARABLE = 3;

/**
 * The words of the settings buffer; see shaders/optimizer/control.wgsl.
 * @param learningRate before the schedule: the configuration's, or one set while the run trains.
 */
export function settingsWords(
  training: Pick<TrainingConfiguration, 'optimizer' | 'schedule' | 'clipNorm' | 'clipValue'>,
  learningRate = training.optimizer.learningRate,
): Float32Array<ArrayBuffer> {
  const { optimizer, schedule = { kind: 'constant' }, clipNorm, clipValue = LARGEST_FLOAT } = training;
  const words = new Float32Array(SETTINGS_WORDS);
  const { iterations, logFactor } = scheduleParts(schedule);
  words.set([learningRate, clipNorm ?? 0, clipValue, optimizer.weightDecay ?? 0]);
  new Uint32Array(words.buffer).set([library.SCHEDULES[schedule.kind], iterations], 4);
  words.set([logFactor, ...optimizerWords(optimizer)], 6);
  return words;
}

function scheduleParts(schedule: ScheduleConfiguration): { iterations: number; logFactor: number } {
  switch (schedule.kind) {
    case 'constant':
      return { iterations: 1, logFactor: 0 };
    case 'step':
      return { iterations: schedule.every, logFactor: Math.log(schedule.factor) };
    default:
      return { iterations: schedule.iterations, logFactor: 0 };
  }
}

/** μ, β₁, β₂ (of RMSProp ρ), 1 − β₁, 1 − β₂, ln β₁, ln β₂, ε; 0 where the optimiser has none. */
function optimizerWords(optimizer: OptimizerConfiguration): number[] {
  const own = optimizer.algorithm === 'rmsprop' ? { ...optimizer, beta2: optimizer.decay } : optimizer;
  const { momentum, beta1, beta2, epsilon } = { momentum: 0, beta1: 0, beta2: 0, epsilon: 0, ...own };
  return [momentum, beta1, beta2, 1 - beta1, 1 - beta2, logarithm(beta1), logarithm(beta2), epsilon];
}

/** ln β, held where β is 0, since shaders are not to meet an infinity. */
function logarithm(beta: number): number {
  return Math.log(Math.max(beta, 1e-30));
}

/**
 * Gradient norm, the decision about the update, a look at what it would write, and the update of all `length`
 * parameters. Reads `gradients`, `settings` and the loss in `partials`; writes `partials`, `control`, `parameters`, `slots`.
 */
export function recordUpdate(
  family: KernelFamily,
  buffers: NamedBuffers,
  optimizer: OptimizerConfiguration,
  length: number,
): Recording[] {
  const { algorithm } = optimizer;
  const read = (2 + optimizerSlots(optimizer).length) * length;
  const { settings, control, gradients, partials, parameters, slots } = buffers as Record<string, GPUBuffer>;
  const whole = {
    buffers: {
      settings: settings!,
      control: control!,
      gradients: gradients!,
      parameters: parameters!,
      slots: slots!,
    },
    uniform: { length },
    workgroups: elementGroups(family, length),
  };
  return [
    {
      kernel: library.squareSums(),
      buffers: { settings: settings!, gradients: gradients!, partials: partials! },
      uniform: { length },
      workgroups: [library.PARTIALS / library.SUM_WIDTH, 1],
      work: touching(length + 2 * library.PARTIALS, 2 * length),
    },
    {
      kernel: library.settle(),
      buffers: { settings: settings!, partials: partials!, control: control! },
      uniform: {},
      workgroups: [1, 1],
      work: touching(3 * library.PARTIALS, 3 * library.PARTIALS),
    },
    { kernel: library.checkUpdate(algorithm, family), ...whole, work: touching(read) },
    // The gradient alone is not written.
    { kernel: library.update(algorithm, family), ...whole, work: touching(2 * read - length) },
  ];
}
