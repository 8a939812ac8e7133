/** What a peer is: something that trains the same model on the same batches from the same weights. */
import type { GenerationMode, PreparedJob } from '../cases.ts';

export interface PreparedPeer {
  /** Trains so many steps; resolves with their losses, each before its update, once all of them are on the host. */
  train(steps: number): Promise<readonly number[]>;
  /** Goes on from a seed by so many values: of a case with one input. */
  generate(mode: GenerationMode, values: number): Promise<ArrayLike<number>>;
  /**
   * The most bytes that are alive while `step` runs, which it awaits. Left out where all memory to speak of is the GPU's,
   * which is counted from outside.
   */
  bytesDuring?(step: () => Promise<unknown>): Promise<number>;
  /** Of our own on a GPU: what the training loop adds to the GPU's own time, as a share of that. */
  overhead?(): Promise<number>;
  dispose(): void;
}

/** Makes a model ready to train. What it opens, it closes when disposed of. */
export type PreparePeer = (job: PreparedJob) => Promise<PreparedPeer>;
