/** What dispatches do, known from their shapes alone, and what they are for: to say what an iteration costs. */

export interface Work {
  /**
   * Floating-point operations of products and of sums over rows: 2 for a multiply-add, 1 for an addition. What is done once
   * to each element, such as an activation or the optimiser's equations, is left out.
   */
  readonly operations: number;
  /** What it cannot do without reading or writing, once each. */
  readonly bytes: number;
}

/** What of an iteration a dispatch belongs to. */
export type Part =
  /** Drawing the batch; the states carried to it and from it. */
  | 'batch'
  /** Layers forward, with what prepares their inputs and joins their outputs. */
  | 'forward'
  | 'attention'
  /** The head, forward and backward, with its own weights' gradient. */
  | 'readout'
  | 'loss'
  /** Layers backward, down to the gradients of their sums. */
  | 'backward'
  /** Gradients of the layers' weights, as sums over all time steps. */
  | 'gradients'
  /** Norm, decision and update. */
  | 'optimizer';

const WORD = 4;

/** Of so many words read or written. */
export function touching(words: number, operations = 0): Work {
  return { operations, bytes: WORD * words };
}

/** Of `[rows, inner] · [inner, columns]`. @param besides words that are touched besides factors and result. */
export function productWork([rows, inner, columns]: readonly [number, number, number], besides = 0): Work {
  const words = rows * inner + inner * columns + rows * columns + besides;
  return touching(words, 2 * rows * inner * columns);
}

export function totalWork(works: readonly Work[]): Work {
  return {
    operations: works.reduce((sum, { operations }) => sum + operations, 0),
    bytes: works.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
