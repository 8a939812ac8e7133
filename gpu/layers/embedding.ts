/**
 * A table of vectors, one a token: of an embedding, E [V, size]; or the input rows of W [V, G·H], where a one-hot vector
 * times W is one of them and the bias is added to it.
 */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import type { Place } from './context.ts';

interface Lookup {
  /** `[rows]`, u32, each below `vocabulary`; one that is not reads the last vector. */
  readonly tokens: Place;
  readonly rows: number;
  readonly width: number;
  /** V. */
  readonly vocabulary: number;
}

/** out [rows, width] = table[token of the row] + bias. */
export function recordLookup(
  family: KernelFamily,
  lookup: Lookup & {
    /** `[V, width]`. */
    readonly table: Place;
    /** `[width]`. */
    readonly bias?: Place;
    /** `[rows, width]`. */
    readonly out: Place;
  },
): Recording {
  const { tokens, table, bias, rows, width, vocabulary, out } = lookup;
  return {
    ...library.lookUp(family, rows, width),
    buffers: {
      tokens: tokens.buffer,
      table: table.buffer,
      bias: (bias ?? table).buffer,
      out: out.buffer,
    },
    uniform: {
      rows,
      width,
      vocabulary,
      tokens_at: tokens.at,
      table_at: table.at,
      has_bias: bias ? 1 : 0,
      bias_at: bias?.at ?? 0,
      out_at: out.at,
    },
    work: touching(rows + 2 * rows * width + (bias ? width : 0)),
  };
}

/** out [V, width]: of each token, the sum of d over the rows that hold it. */
export function recordTableGradient(
  family: KernelFamily,
  lookup: Lookup & {
    /** `[rows, width]`, from one row to the next `rowStride`. */
    readonly d: Place & { readonly rowStride: number };
    /** `[V, width]`: overwritten, or added to where `accumulate` is true. */
    readonly out: Place;
    readonly accumulate?: boolean;
  },
): Recording {
  const { tokens, d, rows, width, vocabulary, out, accumulate } = lookup;
  return {
    ...library.tableGradient(family, vocabulary, width),
    buffers: { tokens: tokens.buffer, d: d.buffer, out: out.buffer },
    uniform: {
      rows,
      width,
      vocabulary,
      tokens_at: tokens.at,
      d_at: d.at,
      d_row: d.rowStride,
      out_at: out.at,
      accumulate: accumulate ? 1 : 0,
    },
    work: touching(rows + (rows + (accumulate ? 2 : 1) * vocabulary) * width, rows * width),
  };
}
