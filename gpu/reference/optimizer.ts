/** Optimisers as pure functions: parameters, the optimiser's slots and a gradient in, the next ones out. */
import type { OptimizerConfiguration, ScheduleConfiguration } from '../model/configuration.ts';

export interface OptimizerResult {
  readonly parameters: Float64Array;
  /** The optimiser's slots one after the other: none, `u`, `v`, or `m` and `v`; each as long as the parameters. */
  readonly state: Float64Array;
}

/** √Σ g² over the whole gradient. */
export function gradientNorm(gradient: Float64Array): number {
  return Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
}

/** Each element held within ±clipValue. */
export function clipByValue(gradient: Float64Array, clipValue: number | undefined): Float64Array {
  if (clipValue === undefined) return gradient;
  return gradient.map((g) => Math.min(Math.max(g, -clipValue), clipValue));
}

/** A gradient longer than `clipNorm` is scaled down to it (Pascanu, Mikolov and Bengio, 2013). */
export function clipByNorm(gradient: Float64Array, norm: number, clipNorm: number | null): Float64Array {
  if (clipNorm === null || norm <= clipNorm) return gradient;
  const scale = clipNorm / norm;
  return gradient.map((g) => g * scale);
}

/** The learning rate at an iteration counted from 0: see ScheduleConfiguration. */
export function scheduledRate(
  rate: number,
  schedule: ScheduleConfiguration | undefined,
  iteration: number,
): number {
  switch (schedule?.kind) {
    case 'step':
      return rate * schedule.factor ** Math.floor(iteration / schedule.every);
    case 'cosine':
      return (rate * (1 + Math.cos(Math.PI * Math.min(1, iteration / schedule.iterations)))) / 2;
    case 'warm-up':
      return rate * Math.min(1, (iteration + 1) / schedule.iterations);
    default:
      return rate;
  }
}

/**
 * The optimiser's step at the rate that its configuration says, weight decay included.
 * @param iteration of this update, 1 for the first.
 */
export function optimizerStep(
  optimizer: OptimizerConfiguration,
  iteration: number,
  parameters: Float64Array,
  state: Float64Array,
  gradient: Float64Array,
): OptimizerResult {
  const { learningRate: rate, weightDecay = 0 } = optimizer;
  if (optimizer.algorithm === 'adamw') {
    // w ← w − rate·λ·w − rate·m̂ / (√v̂ + ε) (Loshchilov and Hutter, 2019)
    const decayed = parameters.map((w) => w - rate * weightDecay * w);
    return adam(optimizer, iteration, decayed, state, gradient);
  }
  const g = weightDecay === 0 ? gradient : gradient.map((d, i) => d + weightDecay * parameters[i]!);
  switch (optimizer.algorithm) {
    case 'sgd':
      return { parameters: parameters.map((w, i) => w - rate * g[i]!), state };
    case 'momentum': {
      // u ← μ·u + g,  w ← w − rate·u (Polyak, 1964)
      const u = state.map((previous, i) => optimizer.momentum * previous + g[i]!);
      return { parameters: parameters.map((w, i) => w - rate * u[i]!), state: u };
    }
    case 'nesterov': {
      // u ← μ·u + g,  w ← w − rate·(g + μ·u) (Sutskever et al., 2013)
      const { momentum } = optimizer;
      const u = state.map((previous, i) => momentum * previous + g[i]!);
      return { parameters: parameters.map((w, i) => w - rate * (g[i]! + momentum * u[i]!)), state: u };
    }
    case 'rmsprop': {
      // v ← ρ·v + (1 − ρ)·g²,  w ← w − rate·g / (√v + ε) (Tieleman and Hinton, 2012)
      const { decay, epsilon } = optimizer;
      const v = state.map((previous, i) => decay * previous + (1 - decay) * g[i]! ** 2);
      return {
        parameters: parameters.map((w, i) => w - (rate * g[i]!) / (Math.sqrt(v[i]!) + epsilon)),
        state: v,
      };
    }
    default:
      return adam(optimizer, iteration, parameters, state, g);
  }
}

/** w ← w − rate·m̂ / (√v̂ + ε), with m̂ and v̂ corrected for their start at 0 (Kingma and Ba, 2015). */
function adam(
  optimizer: Extract<OptimizerConfiguration, { algorithm: 'adam' | 'adamw' }>,
  iteration: number,
  parameters: Float64Array,
  state: Float64Array,
  gradient: Float64Array,
): OptimizerResult {
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const size = parameters.length;
  const m = gradient.map((g, i) => beta1 * state[i]! + (1 - beta1) * g);
  const v = gradient.map((g, i) => beta2 * state[size + i]! + (1 - beta2) * g * g);
  const mScale = 1 / (1 - beta1 ** iteration);
  const vScale = 1 / (1 - beta2 ** iteration);
  const next = parameters.map(
    (w, i) => w - (learningRate * m[i]! * mScale) / (Math.sqrt(v[i]! * vScale) + epsilon),
  );
  const slots = new Float64Array(2 * size);
  slots.set(m);
  slots.set(v, size);
  return { parameters: next, state: slots };
}
