/**
 * What a model is and how it is trained: plain values that can be sent to a worker, written to a checkpoint and
 * compared. Sizes are counts; T is `sequenceLength`, B `batchSize`, I `inputSize`, H `hiddenSize`, O `outputSize`.
 * What is left out has the default that its description names.
 */
import type { KernelChoice } from '../kernels/choice.ts';

export interface RecurrentLayerConfiguration {
  /** Name of a registered cell: `rnn`, `lstm`, `gru`. */
  readonly cell: string;
  /** H, the units of the layer (of each direction). */
  readonly hiddenSize: number;
  /** φ of the simple cell, `rnn` only. Default: tanh. */
  readonly activation?: 'tanh' | 'relu';
  /** Whether the gates also see the cell state (Gers and Schmidhuber, 2000), `lstm` only. Default: no. */
  readonly peepholes?: boolean;
  /**
   * A second set of weights reads the sequence from its last real time step to its first (Schuster and Paliwal,
   * 1997). The layer's output is then `[h forward ‖ h reverse]`, 2H wide. Default: no.
   */
  readonly bidirectional?: boolean;
  /** The layer's output is its h plus its input, which must be as wide. Default: no. */
  readonly residual?: boolean;
}

/**
 * Probabilities that a value is set to 0 in training, the others being divided by 1 − p (Srivastava et al., 2014).
 * Nothing is dropped outside training. Default of each: 0.
 */
export interface DropoutConfiguration {
  /** Of the inputs (of the embedded ones, where tokens are embedded). */
  readonly input?: number;
  /** Of the outputs of every layer but the top one. */
  readonly between?: number;
  /** Of the outputs of the top layer. */
  readonly output?: number;
  /** Of h(t−1) where W multiplies it, in every layer (Gal and Ghahramani, 2016). */
  readonly recurrent?: number;
  /** One mask for all time steps of a sequence; otherwise one for each. Default: no. */
  readonly perSequence?: boolean;
}

/**
 * How a stack reads its input: numbers; tokens as one-hot vectors, which are never made (x(t)·Wx is a row of Wx); or
 * tokens through a table of vectors, `E [inputSize, size]`.
 */
export type InputConfiguration =
  | { readonly kind: 'values' }
  | { readonly kind: 'one-hot' }
  | { readonly kind: 'embedding'; readonly size: number };

/** Recurrent layers, the first reading the input, each other the output of the one below. */
export interface StackConfiguration {
  /** I: the numbers of a value, or of tokens the vocabulary's size. */
  readonly inputSize: number;
  /** Default: values. */
  readonly input?: InputConfiguration;
  readonly layers: readonly RecurrentLayerConfiguration[];
  readonly dropout?: DropoutConfiguration;
}

/** A stack, what it starts from, and what is read from it. */
export interface ModelConfiguration extends StackConfiguration {
  /** O: the numbers of an output, or of a softmax head the classes. Without a head the width of the final h. */
  readonly outputSize: number;
  /**
   * What the head reads: the top layer's output at every time step; its final h (that of the last real time step;
   * of a bidirectional layer both directions' final ones); or there is no head, and the final h is the output itself.
   * Default: every step.
   */
  readonly readout?: 'every-step' | 'last-step' | 'none';
  /** One product over all time steps, or one at each; both give the same numbers. Default: stacked. */
  readonly projection?: 'stacked' | 'per-step';
  /** `y = h·U + d` with mean squared error, or with softmax and cross-entropy, the outputs being logits. Default: linear. */
  readonly head?: 'linear' | 'softmax';
  /**
   * A stack with weights of its own, which reads a source sequence first. Its layers' final states are this stack's
   * initial ones, layer by layer, so that there are as many, with the same cells, each as wide as this stack's.
   */
  readonly encoder?: StackConfiguration;
  /**
   * The top layer's outputs look at the encoder's: `score = h·e` (Luong et al., 2015) or `score = v·tanh(h·Wq + e·Wk)`
   * (Bahdanau et al., 2015), α = softmax over the source, `a = tanh([Σ α·e ‖ h]·C + c)`, which the head reads.
   */
  readonly attention?: 'dot' | 'additive';
  /** Numbers of a vector from which the initial states are made, `s(0) = v·V + e`. Default: states begin at zero. */
  readonly vectorSize?: number;
  /** Whether there is an input at the first time step only, later ones being zeros. Default: every step. */
  readonly inputAt?: 'every-step' | 'first-step';
  /**
   * What time step t > 0 reads: what the data give (teacher forcing), or the model's own output of t − 1, its most
   * likely token where it has a softmax head. No gradient flows through what is fed back. Default: given.
   */
  readonly feeding?: 'given' | 'own';
}

/**
 * Stochastic gradient descent; momentum μ (Polyak, 1964); Nesterov's (Sutskever et al., 2013); RMSProp (Tieleman and
 * Hinton, 2012), `decay` being ρ; Adam (Kingma and Ba, 2015); AdamW (Loshchilov and Hutter, 2019). `epsilon` is added to the
 * root. Equations: shaders/optimizer/.
 */
export type OptimizerConfiguration = {
  /** Before the schedule, greater than 0. */
  readonly learningRate: number;
  /** Adds `weightDecay · w` to the gradient; for AdamW takes `rate · weightDecay · w` off the weight. Default: 0. */
  readonly weightDecay?: number;
} & (
  | { readonly algorithm: 'sgd' }
  | { readonly algorithm: 'momentum' | 'nesterov'; readonly momentum: number }
  | { readonly algorithm: 'rmsprop'; readonly decay: number; readonly epsilon: number }
  | {
      readonly algorithm: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
);

/** What multiplies the learning rate at iteration i, counted from 0. */
export type ScheduleConfiguration =
  | { readonly kind: 'constant' }
  /** factor^⌊i / every⌋ */
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }
  /** ½·(1 + cos(π·min(1, i / iterations))) */
  | { readonly kind: 'cosine'; readonly iterations: number }
  /** min(1, (i + 1) / iterations) */
  | { readonly kind: 'warm-up'; readonly iterations: number };

/** How the weights start: the input rows and the readout by Glorot or He or uniform, the recurrent rows as named. */
export type InitializerName = 'glorot' | 'he' | 'orthogonal' | 'uniform' | 'identity';

export interface TrainingConfiguration {
  /** B, sequences of an iteration. */
  readonly batchSize: number;
  /** T. The window of truncated backpropagation, in time steps. */
  readonly sequenceLength: number;
  /** Time steps of the encoder's source; wanted where there is an encoder. */
  readonly sourceLength?: number;
  readonly optimizer: OptimizerConfiguration;
  /** Default: constant. */
  readonly schedule?: ScheduleConfiguration;
  /** The largest global gradient norm; a longer gradient is scaled down to it. `null`: never. */
  readonly clipNorm: number | null;
  /** Each element of the gradient is held within ±clipValue, before the norm is clipped. Default: not. */
  readonly clipValue?: number;
  readonly initializer: InitializerName;
  /** What the recurrent rows' spectral radius, of each gate's square, is scaled to. Default: left as it is. */
  readonly spectralRadius?: number;
  /** The time steps whose outputs the cost counts: from ≤ t < to. Default: all. */
  readonly costSteps?: { readonly from: number; readonly to: number };
  /** Keep every k-th state only, and recompute the others in the backward sweep; k from 2 to T. Default: keep all. */
  readonly keepEvery?: number;
  /** An unsigned 32-bit integer from which weights, batches and dropout follow. */
  readonly seed: number;
}

export interface RunConfiguration {
  readonly model: ModelConfiguration;
  readonly training: TrainingConfiguration;
  /**
   * Which kernels a GPU takes; what is left open an engine chooses by its adapter, and says in the run's own configuration:
   * the same seed and choice give the same bits on one adapter. The reference has no kernels.
   */
  readonly kernels?: Partial<KernelChoice>;
}

/** That of a run: an engine has chosen what was left open. Of the reference `kernels` are left out. */
export interface BuiltConfiguration extends RunConfiguration {
  readonly kernels?: KernelChoice;
}
