/** Mutants of norm, clipping, schedules, the decision and the optimisers. */
import { PARTIALS } from '../../gpu/kernels/library.ts';
import type { OptimizerConfiguration, ScheduleConfiguration } from '../../gpu/model/configuration.ts';
import { expectRefused, expectUpdates, randomUpdates, type UpdateCase } from '../support/elements/update.ts';
import type { Compare, Suite, TextMutant } from '../support/mutation.ts';
import { RandomSource } from '../support/random.ts';

interface Comparison {
  readonly compare: Compare;
  /** Files by their name under shaders/optimizer/. */
  readonly mutants: Readonly<Record<string, TextMutant>>;
}

const SGD = { algorithm: 'sgd', learningRate: 0.3 } as const;
const ADAM = { algorithm: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 0.01 } as const;

function updates(part: Partial<UpdateCase['training']>, length = 100, iteration = 0): UpdateCase {
  return randomUpdates(
    new RandomSource(3),
    { optimizer: SGD, clipNorm: null, ...part },
    length,
    iteration,
    6,
  );
}

function optimizer(optimizer: OptimizerConfiguration): Compare {
  return (mutate) => expectUpdates('software', updates({ optimizer }), mutate);
}

function schedule(schedule: ScheduleConfiguration, iteration: number): Compare {
  return (mutate) => expectUpdates('software', updates({ schedule }, 5, iteration), mutate);
}

function refusal(part: Partial<UpdateCase>): Compare {
  return (mutate) => expectRefused('software', { ...updates({ optimizer: ADAM }), ...part }, mutate);
}

/** With gradients of which some are clipped by value and all then by norm. */
const CLIPPED = { clipValue: 0.8, clipNorm: 20 };

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  'norm and clipping': {
    compare: (mutate) => expectUpdates('software', updates(CLIPPED, PARTIALS + 9, 1021), mutate),
    mutants: {
      'norm of the first elements only': ['square_sums', 'i += PARTIALS', 'i += 1000000u'],
      'squares of the gradient not squared': ['square_sums', 'sum += g * g;', 'sum += abs(g);'],
      'norm after clipping by value recorded': ['square_sums', 'sum += g * g;', 'sum += clipped * clipped;'],
      'clipped by the norm before clipping by value': [
        'square_sums',
        'clipped_sum += clipped * clipped;',
        'clipped_sum += g * g;',
      ],
      'clipped above only, in the norm': [
        'square_sums',
        'clamp(g, -settings.clip_value, settings.clip_value)',
        'min(g, settings.clip_value)',
      ],
      'clipped above only, in the update': [
        'next',
        'clamp(gradients[i], -settings.clip_value, settings.clip_value)',
        'min(gradients[i], settings.clip_value)',
      ],
      'not clipped by value': [
        'next',
        'clamp(gradients[i], -settings.clip_value, settings.clip_value)',
        'gradients[i]',
      ],
      'clipped by norm before value': [
        'next',
        'clamp(gradients[i], -settings.clip_value, settings.clip_value) * step.scale',
        'clamp(gradients[i] * step.scale, -settings.clip_value, settings.clip_value)',
      ],
      'not clipped by norm': ['next', ' * step.scale', ''],
      'clipped norm recorded': ['settle', 'Record(loss, norm)', 'Record(loss, clipped_norm)'],
      'norm without its root': [
        'settle',
        'let norm = sqrt(workgroup_sum(squares_part, lane));',
        'let norm = workgroup_sum(squares_part, lane);',
      ],
      'scale upside down': [
        'settle',
        'settings.clip_norm / clipped_norm, clips',
        'clipped_norm / settings.clip_norm, clips',
      ],
      'loss of the first part': ['settle', 'loss_part += partials[i];', 'loss_part = partials[i];'],
      'records not in a ring': ['settle', ' % arrayLength(&control.records)', ''],
      'updates not counted': ['update', 'control.iteration = control.step.number;', ''],
      'later elements not updated': ['update', 'i < update.length', 'i < min(update.length, 4096u)'],
    },
  },
  'a gradient shorter than the norm allowed': {
    compare: (mutate) => expectUpdates('software', updates({ clipNorm: 1e3 }), mutate),
    mutants: { 'always scaled': ['settle', 'clipped_norm > settings.clip_norm', 'true'] },
  },
  'no norm is asked for': {
    compare: (mutate) => expectUpdates('software', updates({}), mutate),
    mutants: { 'a norm of 0': ['settle', 'settings.clip_norm > 0.0 && ', ''] },
  },
  'weight decay': {
    compare: optimizer({ algorithm: 'momentum', learningRate: 0.2, momentum: 0.5, weightDecay: 0.3 }),
    mutants: {
      'left out': ['next', 'g += settings.weight_decay * w;', ''],
      'of the wrong sign': ['next', 'g += settings.weight_decay * w;', 'g -= settings.weight_decay * w;'],
      decoupled: ['next', 'DECOUPLED == 1u', 'true'],
    },
  },
  'gradient descent': {
    compare: optimizer(SGD),
    mutants: { uphill: ['sgd', 'w - step.rate * g', 'w + step.rate * g'] },
  },
  momentum: {
    compare: optimizer({ algorithm: 'momentum', learningRate: 0.1, momentum: 0.9 }),
    mutants: {
      'nothing kept': ['momentum', 'Slots(u, 0.0)', 'kept'],
      'a mean in place of a sum': ['momentum', ' + g;', ' + (1.0 - settings.momentum) * g;'],
      'step of the gradient': ['momentum', 'step.rate * u', 'step.rate * g'],
      'slots not read': ['next', 'kept[s] = slots[s * update.length + i];', ''],
      'slots not written': ['update', 'slots[s * update.length + i] = next.slots[s];', ''],
    },
  },
  Nesterov: {
    compare: optimizer({ algorithm: 'nesterov', learningRate: 0.1, momentum: 0.9 }),
    mutants: {
      'plain momentum': ['nesterov', '(g + settings.momentum * u)', 'u'],
      'what was kept before': ['nesterov', 'settings.momentum * u)', 'settings.momentum * kept[0])'],
      'gradient counted once': ['nesterov', '(g + settings.momentum * u)', '(settings.momentum * u)'],
    },
  },
  RMSProp: {
    compare: optimizer({ algorithm: 'rmsprop', learningRate: 0.1, decay: 0.8, epsilon: 0.1 }),
    mutants: {
      'ε under the root': ['rmsprop', '(sqrt(v) + settings.epsilon)', 'sqrt(v + settings.epsilon)'],
      'no root': ['rmsprop', 'sqrt(v)', 'v'],
      'ρ and 1 − ρ exchanged': [
        'rmsprop',
        'settings.beta2 * kept[0] + settings.one_minus_beta2',
        'settings.one_minus_beta2 * kept[0] + settings.beta2',
      ],
      'mean before this gradient': ['rmsprop', 'sqrt(v)', 'sqrt(kept[0])'],
    },
  },
  Adam: {
    compare: optimizer(ADAM),
    mutants: {
      'moments exchanged': ['adam', 'Slots(m, v)', 'Slots(v, m)'],
      'one slot for both': ['next', 'slots[s * update.length + i]', 'slots[i]'],
      'first moment not corrected': ['adam', 'm / one_minus_exp(t * settings.log_beta1)', 'm'],
      'second moment not corrected': ['adam', 'v / one_minus_exp(t * settings.log_beta2)', 'v'],
      'corrected by each other’s decay': ['adam', 't * settings.log_beta1', 't * settings.log_beta2'],
      'updates counted from 0': ['settle', 'control.iteration + 1u', 'control.iteration + 2u'],
      'ε under the root': ['adam', '(sqrt(v_hat) + settings.epsilon)', 'sqrt(v_hat + settings.epsilon)'],
      'gradient not squared': [
        'adam',
        'settings.one_minus_beta2 * g * g',
        'settings.one_minus_beta2 * abs(g)',
      ],
      'series everywhere': ['adam', 'x > -0.5', 'true'],
    },
  },
  'Adam in large steps': {
    compare: optimizer({ ...ADAM, learningRate: 100 }),
    mutants: { 'series ends early': ['adam', '(1.0 + near / 6.0', '(1.0 + near / 60.0'] },
  },
  'Adam with a large rate and large gradients': {
    compare: (mutate) => {
      const given = updates({ optimizer: ADAM });
      const gradients = given.gradients.map((values) => values.map((value) => 1e15 * value));
      const slots = given.slots.map(() => 0);
      return expectUpdates('software', { ...given, slots, gradients, learningRate: 1e30 }, mutate);
    },
    mutants: {
      'rate times the gradient first': [
        'adam',
        'step.rate * (m_hat / (sqrt(v_hat) + settings.epsilon))',
        'step.rate * m_hat / (sqrt(v_hat) + settings.epsilon)',
      ],
    },
  },
  AdamW: {
    compare: optimizer({ ...ADAM, algorithm: 'adamw', learningRate: 0.1, weightDecay: 0.5 }),
    mutants: {
      'decay in the gradient': ['next', 'DECOUPLED == 1u', 'false'],
      'decay without the rate': ['next', 'step.rate * settings.weight_decay', 'settings.weight_decay'],
    },
  },
  'a schedule in steps': {
    compare: schedule({ kind: 'step', every: 4, factor: 0.5 }, 9),
    mutants: {
      'no schedule': ['settle', ' * schedule_factor(control.iteration)', ''],
      'of the next iteration': [
        'settle',
        'schedule_factor(control.iteration)',
        'schedule_factor(control.iteration + 1u)',
      ],
      'falls all the time': ['schedule', 'f32(i / n)', 'f32(i) / f32(n)'],
      'rate of the configuration': ['sgd', 'step.rate', 'settings.learning_rate'],
    },
  },
  'a cosine': {
    compare: schedule({ kind: 'cosine', iterations: 12 }, 1),
    mutants: {
      'not squared': ['schedule', 's * s', 's'],
      'up instead of down': ['schedule', 'f32(n - min(i, n))', 'f32(min(i, n))'],
      'series ends early': ['schedule', 'y / 72.0', '0.0'],
    },
  },
  'the end of a cosine': {
    compare: schedule({ kind: 'cosine', iterations: 7 }, 5),
    mutants: { 'goes round': ['schedule', 'n - min(i, n)', 'max(n, i) - min(n, i)'] },
  },
  'a warm-up': {
    compare: schedule({ kind: 'warm-up', iterations: 5 }, 0),
    mutants: {
      'from 0': ['schedule', '(f32(i) + 1.0)', 'f32(i)'],
      'without end': ['schedule', 'min(1.0, (f32(i) + 1.0) / f32(n))', '(f32(i) + 1.0) / f32(n)'],
    },
  },
  'a loss that is not finite': {
    compare: refusal({ loss: NaN }),
    mutants: {
      'not looked at': ['settle', '!is_finite(loss) || ', ''],
      'update all the same': ['update', 'control.refused == 1u', 'false'],
    },
  },
  'a step that is not finite': {
    compare: refusal({ learningRate: 3e38, parameters: new Float32Array(100).fill(3e38) }),
    mutants: {
      'parameters not looked at': ['check', 'check(next.parameter);', ''],
      'only counted where it is found': ['check', 'atomicExchange(&control.refused, 1u) == 0u', 'true'],
      'not said in the record': ['check', '.gradient_norm = value', '.gradient_norm = 1.0'],
      'last elements not looked at': ['check', 'i < update.length', 'i < 0u'],
    },
  },
  'a mean of squares that is not finite, and so a step of 0': {
    compare: refusal({
      training: { optimizer: { ...ADAM, weightDecay: 1e6 }, clipNorm: null },
      parameters: new Float32Array(100).fill(1e19),
    }),
    mutants: { 'not looked at': ['check', 'check(next.slots[s]);', ''] },
  },
};

export const OPTIMIZERS: readonly Suite[] = Object.entries(COMPARISONS).map(
  ([name, { compare, mutants }]) => ({
    name,
    compare,
    mutants: Object.fromEntries(
      Object.entries(mutants).map(([what, [file, find, replace]]) => [
        what,
        [`optimizer/${file}`, find, replace],
      ]),
    ),
  }),
);
