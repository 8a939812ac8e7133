/** How the kernels that run all time steps in one dispatch divide a layer among workgroups, and which layers they suit. */
import { ENOUGH_GROUPS } from './workgroups.ts';

/** A workgroup's share and that of its invocations: see shaders/recurrent/sequence.wgsl. */
export interface SequenceShape {
  /** Sequences of a workgroup. */
  readonly ROWS: number;
  /** Invocations that share the inner sums of a column. */
  readonly SLICES: number;
  /** From one column of an invocation to the next. */
  readonly COLUMNS: number;
  /** Columns of an invocation. */
  readonly EACH: number;
  /** Inner indices of an invocation whose weights it keeps in registers. */
  readonly HELD: number;
  /** Inner indices, filled up so that all slices have as many. */
  readonly INNER: number;
  /** Units of which an invocation computes the cell. */
  readonly PAIRS: number;
}

/** A time step's product, `[rows, inner] · [inner, columns]`, and what it is for. */
export interface SequenceProduct {
  readonly inner: number;
  readonly columns: number;
  /** H. */
  readonly units: number;
  /** Values of a unit that an invocation keeps while the product is made. */
  readonly unitValues: number;
  /** Whether neighbouring columns, and not inner indices, are neighbours in memory. */
  readonly alongColumns: boolean;
}

/** Invocations of a workgroup, and floats of its memory, that every adapter has. */
const MOST_LANES = 256;
const WORKGROUP_FLOATS = 4096;

/**
 * Weights, sums and values of units that an invocation keeps, at most. NVIDIA's and AMD's GPUs have 255 registers for it;
 * one with fewer puts some into memory, which costs it no more than to read the weights again.
 */
const REGISTERS = 184;

/** Rows to choose from, and columns of an invocation. */
const ROWS = [4, 2, 1];
const MOST_EACH = 16;

/**
 * Costs in multiply-adds of an invocation; only the ratios matter. A load of workgroup memory takes four times the turns
 * of one, and a weight read again as many as a line of the cache serves, or more where neighbours do not share one.
 */
const LOAD_COST = 4;
const READ_COST = 16;
const CACHE_SECTOR = 8;
const CELL_COST = 60;

/**
 * As many rows as leave enough workgroups, and then the division that costs least; null where none fits into a
 * workgroup's memory.
 */
export function sequenceShape(batch: number, product: SequenceProduct): SequenceShape | null {
  const wanted = ROWS.filter((rows) => rows === 1 || Math.ceil(batch / rows) >= ENOUGH_GROUPS);
  for (const rows of wanted) {
    const shapes = shapesOf(rows, product);
    if (shapes.length > 0) return cheapest(shapes, product);
  }
  return null;
}

/** Every division of a product of so many rows that a workgroup has the memory and an invocation the registers for. */
function shapesOf(rows: number, { inner, columns, units, unitValues }: SequenceProduct): SequenceShape[] {
  const shapes: SequenceShape[] = [];
  for (let each = 1; each <= MOST_EACH; each += 1) {
    const across = Math.ceil(columns / each);
    const most = Math.min(Math.floor(MOST_LANES / across), inner);
    for (let slices = 1; slices <= most; slices += 1) {
      const share = Math.ceil(inner / slices);
      const pairs = Math.ceil((rows * units) / (slices * across));
      const left = REGISTERS - each * rows - pairs * unitValues;
      const held = Math.min(share, Math.floor(left / each));
      const floats = rows * share * slices + slices * (rows * each * across + 1);
      if (held < 1 || floats > WORKGROUP_FLOATS) continue;
      shapes.push({
        ROWS: rows,
        SLICES: slices,
        COLUMNS: across,
        EACH: each,
        HELD: held,
        INNER: share * slices,
        PAIRS: pairs,
      });
    }
  }
  return shapes;
}

function cheapest(shapes: readonly SequenceShape[], product: SequenceProduct): SequenceShape {
  return shapes.reduce((best, shape) => (stepCost(shape, product) < stepCost(best, product) ? shape : best));
}

/** Of an invocation in a time step. */
function stepCost(shape: SequenceShape, { columns, units, alongColumns }: SequenceProduct): number {
  const { ROWS: rows, SLICES: slices, EACH: each, HELD: held, PAIRS: pairs } = shape;
  const share = shape.INNER / slices;
  const neighbours = alongColumns ? shape.COLUMNS : slices;
  const products = share * rows * (each + LOAD_COST);
  const reads = (share - held) * each * READ_COST * Math.ceil(CACHE_SECTOR / neighbours);
  const joining = (each * rows + (pairs * slices * columns) / units) * LOAD_COST;
  return products + reads + joining + pairs * CELL_COST;
}

/**
 * Bytes of recurrent weights up to which a sequence in one dispatch is faster than a dispatch a time step: beyond it too
 * many of them are read again in every step, by every workgroup.
 */
const MOST_WEIGHT_BYTES = 450_000;

/** The products of a layer, forward and backward. */
export function sequenceProducts(
  { gates, states, vectors, saved }: SequenceCell,
  units: number,
): { readonly forward: SequenceProduct; readonly backward: SequenceProduct } {
  const columns = gates.length * units;
  return {
    forward: {
      inner: units,
      columns,
      units,
      unitValues: gates.length + states.length + vectors.length,
      alongColumns: true,
    },
    backward: {
      inner: columns,
      columns: units,
      units,
      unitValues: 3 * states.length + saved + vectors.length + 1,
      alongColumns: false,
    },
  };
}

/** What of a cell counts for the division. */
export interface SequenceCell {
  readonly gates: readonly string[];
  readonly states: readonly string[];
  readonly vectors: readonly string[];
  readonly saved: number;
}

/** Whether a layer of so many units is small enough for its time steps to be one dispatch. */
export function fitsSequence(cell: SequenceCell, units: number): boolean {
  const { forward, backward } = sequenceProducts(cell, units);
  return (
    4 * cell.gates.length * units ** 2 <= MOST_WEIGHT_BYTES &&
    sequenceShape(1, forward) !== null &&
    sequenceShape(1, backward) !== null
  );
}
