/**
 * A layer's output from its states:
 *
 *     o[t, b, :] = live(t, b) · (mask ∘ [h_forward ‖ h_reverse] + x)
 *
 * with dropout's mask, and x where the layer is residual. A layer with none of this has h for its output, and nothing
 * is recorded. The same joins final states, of one slot each.
 */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import type { Place } from './context.ts';
import { type Dropout, dropoutBuffers, dropoutUniform } from './dropout.ts';

/** W, the width of an output, is `hiddenSize` times the number of its parts. */
export interface OutputGeometry {
  /** H, of one direction. */
  readonly hiddenSize: number;
  readonly batch: number;
  readonly steps: number;
  /** The time step that the first of `steps` is: dropout and lengths count from the sequence's beginning. */
  readonly firstTime: number;
  /** `[B]`, u32. Left out: every time step is live. */
  readonly lengths?: GPUBuffer;
  readonly dropout?: Dropout;
}

export interface Join extends OutputGeometry {
  /** One or two, each `[steps, B, H]`. */
  readonly parts: readonly Place[];
  /** x, `[steps, B, W]`. */
  readonly residual?: Place;
  /** `[steps, B, W]`, in another buffer than what is read. */
  readonly out: Place;
}

export interface JoinGradient extends OutputGeometry {
  /** `[steps, B, W]`. */
  readonly dOut: Place;
  /** One or two, each `[steps, B, H]`: overwritten. */
  readonly dParts: readonly Place[];
}

export interface ResidualGradient extends Omit<OutputGeometry, 'hiddenSize' | 'dropout'> {
  /** W. */
  readonly width: number;
  /** `[steps, B, W]`. */
  readonly dOut: Place;
  /** `[steps, B, W]`: added to. */
  readonly dResidual: Place;
}

/** o, 0 at the time steps that are not live. */
export function recordJoin(family: KernelFamily, join: Join): Recording {
  const [first, second = first] = join.parts as [Place, Place?];
  const residual = join.residual ?? first;
  const width = join.parts.length * join.hiddenSize;
  return {
    ...library.joinOutput(family, variant(join), join.steps * join.batch, width),
    buffers: {
      first: first.buffer,
      second: second.buffer,
      residual: residual.buffer,
      out: join.out.buffer,
      ...variantBuffers(join),
    },
    uniform: {
      ...rowsUniform(join, width),
      part_width: join.hiddenSize,
      first_at: first.at,
      second_at: second.at,
      has_residual: join.residual ? 1 : 0,
      residual_at: residual.at,
      out_at: join.out.at,
    },
    work: touching((join.residual ? 3 : 2) * join.steps * join.batch * width),
  };
}

/** d part = live · mask ∘ dOut, of each part. */
export function recordJoinGradient(family: KernelFamily, join: JoinGradient): Recording[] {
  const { hiddenSize, dOut, dParts } = join;
  const width = dParts.length * hiddenSize;
  return dParts.map((dPart, index) => {
    const columns = { width, first: index * hiddenSize, count: hiddenSize };
    return recordPartGradient(family, join, columns, dOut, dPart, false);
  });
}

/** d residual += live · dOut: dropout does not touch it. */
export function recordResidualGradient(family: KernelFamily, residual: ResidualGradient): Recording {
  const { width, batch, steps, firstTime, lengths, dOut, dResidual } = residual;
  const geometry = { batch, steps, firstTime, ...(lengths ? { lengths } : {}) };
  return recordPartGradient(family, geometry, { width, first: 0, count: width }, dOut, dResidual, true);
}

/** Of `count` columns of an output, from the `first` on. */
function recordPartGradient(
  family: KernelFamily,
  geometry: Rows,
  columns: { readonly width: number; readonly first: number; readonly count: number },
  dOut: Place,
  dPart: Place,
  accumulate: boolean,
): Recording {
  return {
    ...library.joinGradient(family, variant(geometry), geometry.steps * geometry.batch, columns.count),
    buffers: { d_out: dOut.buffer, d_part: dPart.buffer, ...variantBuffers(geometry) },
    uniform: {
      ...rowsUniform(geometry, columns.width),
      part_width: columns.count,
      part_column: columns.first,
      d_out_at: dOut.at,
      d_part_at: dPart.at,
      accumulate: accumulate ? 1 : 0,
    },
    work: touching((accumulate ? 3 : 2) * geometry.steps * geometry.batch * columns.count),
  };
}

type Rows = Omit<OutputGeometry, 'hiddenSize'>;

function variant({ lengths, dropout }: Rows): library.OutputVariant {
  return { hasLengths: lengths !== undefined, drops: dropout !== undefined };
}

function variantBuffers({ lengths, dropout }: Rows): Record<string, GPUBuffer> {
  return { ...(lengths ? { lengths } : {}), ...dropoutBuffers(dropout) };
}

function rowsUniform({ batch, steps, firstTime, dropout }: Rows, width: number): Record<string, number> {
  return { steps, batch, width, first_time: firstTime, ...dropoutUniform(dropout) };
}
