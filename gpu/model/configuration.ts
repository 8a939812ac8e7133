/**
 * What a model is and how it is trained: plain values that can be sent to a worker, written to a checkpoint and
 * compared. Sizes are counts; T is `sequenceLength`, B `batchSize`, I `inputSize`, H `hiddenSize`, O `outputSize`.
 */

export interface RecurrentLayerConfiguration {
  /** Name of a registered cell, such as `rnn`. */
  readonly cell: string;
  /** H, the units of the layer. */
  readonly hiddenSize: number;
}

/** Recurrent layers, the first reading the input, and a linear readout `y(t) = h(t)·U + d` at every time step. */
export interface ModelConfiguration {
  readonly inputSize: number;
  readonly layers: readonly RecurrentLayerConfiguration[];
  readonly outputSize: number;
}

export type OptimizerConfiguration =
  | { readonly algorithm: 'sgd'; readonly learningRate: number }
  | { readonly algorithm: 'momentum'; readonly learningRate: number; readonly momentum: number }
  | {
      readonly algorithm: 'adam';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/** How the weights start: the input rows and the readout by Glorot or He, the recurrent rows as named. */
export type InitializerName = 'glorot' | 'he' | 'orthogonal';

export interface TrainingConfiguration {
  readonly batchSize: number;
  /** The window of truncated backpropagation, in time steps. */
  readonly sequenceLength: number;
  readonly optimizer: OptimizerConfiguration;
  /** The largest global gradient norm; a longer gradient is scaled down to it. `null`: never. */
  readonly clipNorm: number | null;
  readonly initializer: InitializerName;
  /** An unsigned 32-bit integer from which weights and batches follow. */
  readonly seed: number;
}

export interface RunConfiguration {
  readonly model: ModelConfiguration;
  readonly training: TrainingConfiguration;
}
