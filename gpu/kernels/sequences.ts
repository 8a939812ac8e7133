/** How the kernels that run all time steps in one dispatch divide a layer among workgroups, and which layers they suit. */
import { ENOUGH_GROUPS } from './workgroups.ts';

/** A workgroup's share and that of its invocations: see shaders/recurrent/sequence.wgsl. */
export interface SequenceShape {
  /** Sequences of a workgroup. */
  readonly ROWS: number;
  /** Invocations that share the inner sums of a column. */
  readonly SLICES: number;
  /** Slices whose sums the workgroup's memory takes at a time, and the rounds in which it takes all. */
  readonly PARTS: number;
  readonly ROUNDS: number;
  /** From one column of an invocation to the next. */
  readonly COLUMNS: number;
  /** Columns of an invocation. */
  readonly EACH: number;
  /** Inner indices of an invocation whose weights it keeps in registers. */
  readonly HELD: number;
  /** Inner indices of which it reads the others at a time; 0 where there are none. */
  readonly AHEAD: number;
  /** Sums of an invocation. */
  readonly SUMS: number;
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

/** What of a cell counts for the division. */
export interface SequenceCell {
  readonly gates: readonly string[];
  readonly states: readonly string[];
  readonly vectors: readonly string[];
  readonly saved: number;
}

/** Invocations of a workgroup, and floats of its memory, that every adapter has. */
const MOST_LANES = 256;
const WORKGROUP_FLOATS = 4096;

/**
 * Weights, sums and values of units that an invocation keeps, at most. NVIDIA's and AMD's GPUs have 255 registers for it;
 * one with fewer puts some into memory, which costs it no more than to read the weights again.
 */
const REGISTERS = 200;

/** Weights that are under way to an invocation at a time: with 256 invocations enough to hide how long a cache takes. */
const UNDER_WAY = 16;

/** Rows to choose from besides one, and columns of an invocation. */
const MORE_ROWS = [4, 2];
const MOST_EACH = 32;

/** Bytes of weights read again in every step that a processor's own cache holds; of more it reads all from a common one. */
const OWN_CACHE = 128_000;

/** Workgroups that are enough where they read from the common cache: each reads the weights once for all of its rows. */
const ENOUGH_READERS = 24;

/**
 * Costs in multiply-adds of an invocation; only the ratios matter. Workgroup memory and the own cache answer 32
 * neighbours, the latter one line of them, in the turns of four; the common cache takes as long as for eight.
 */
const LOAD_COST = 4;
const COMMON_COST = 8;
const LINE = 32;
const CELL_COST = 60;
const ROUND_COST = 60;

/**
 * As many rows as leave enough workgroups, and then the division that costs least; null where none fits into a
 * workgroup's memory.
 */
export function sequenceShape(batch: number, product: SequenceProduct): SequenceShape | null {
  const ofOne = cheapest(1, product);
  if (!ofOne) return null;
  const enough = readsFromCommon(ofOne, product) ? ENOUGH_READERS : ENOUGH_GROUPS;
  for (const rows of MORE_ROWS) {
    const shape = Math.ceil(batch / rows) >= enough ? cheapest(rows, product) : null;
    if (shape) return shape;
  }
  return ofOne;
}

/** The division of a product of so many rows that costs least. */
function cheapest(rows: number, product: SequenceProduct): SequenceShape | null {
  let best: SequenceShape | null = null;
  let least = Infinity;
  for (const shape of shapesOf(rows, product)) {
    const cost = stepCost(shape, product);
    if (cost < least) [best, least] = [shape, cost];
  }
  return best;
}

/** Every division that a workgroup has the memory and an invocation the registers for. */
function* shapesOf(rows: number, product: SequenceProduct): Generator<SequenceShape> {
  for (let each = 1; each <= MOST_EACH; each += 1) {
    const across = Math.ceil(product.columns / each);
    const most = Math.min(Math.floor(MOST_LANES / across), product.inner);
    for (let slices = 1; slices <= most; slices += 1) {
      const shape = shapeOf(rows, each, slices, product);
      if (shape) yield shape;
    }
  }
}

function shapeOf(
  rows: number,
  each: number,
  slices: number,
  { inner, columns, units, unitValues }: SequenceProduct,
): SequenceShape | null {
  const across = Math.ceil(columns / each);
  const share = Math.ceil(inner / slices);
  const pairs = Math.ceil((rows * units) / (slices * across));
  const most = Math.floor((REGISTERS - each * rows - pairs * unitValues) / each);
  const ahead = most < share ? Math.ceil(UNDER_WAY / each) : 0;
  const held = Math.min(share, most - ahead);
  if (held < 1) return null;
  const turns = ahead > 0 ? Math.ceil((share - held) / ahead) : 0;
  const length = slices * (held + turns * ahead);
  const room = Math.floor((WORKGROUP_FLOATS - rows * length) / ((rows * each * across) | 1));
  if (room < 1) return null;
  const rounds = Math.ceil(slices / room);
  return {
    ROWS: rows,
    SLICES: slices,
    PARTS: Math.ceil(slices / rounds),
    ROUNDS: rounds,
    COLUMNS: across,
    EACH: each,
    HELD: held,
    AHEAD: ahead,
    SUMS: rows * each,
    INNER: length,
    PAIRS: pairs,
  };
}

function readsFromCommon({ HELD, SLICES }: SequenceShape, { inner, columns }: SequenceProduct): boolean {
  return 4 * columns * (inner - HELD * SLICES) > OWN_CACHE;
}

/** Of an invocation in a time step. */
function stepCost(shape: SequenceShape, product: SequenceProduct): number {
  const { columns, units, alongColumns } = product;
  const { ROWS: rows, SLICES: slices, EACH: each, HELD: held, PAIRS: pairs, SUMS: sums } = shape;
  const share = shape.INNER / slices;
  const neighbours = alongColumns ? shape.COLUMNS : slices;
  const products = share * rows * (each + LOAD_COST);
  const least = readsFromCommon(shape, product) ? COMMON_COST : LOAD_COST;
  const read = Math.max(least, LOAD_COST * Math.ceil(LINE / neighbours));
  const joining = sums + (pairs * shape.PARTS * columns) / units;
  const handing = (shape.ROUNDS - 1) * (ROUND_COST + sums * LOAD_COST);
  return products + (share - held) * each * read + joining * LOAD_COST + handing + pairs * CELL_COST;
}

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

/**
 * Bytes of recurrent weights up to which all time steps in one dispatch are the likelier to be faster; beyond it what every
 * workgroup reads again in every step takes longer than a dispatch a step. Reasoned: a processor of a large GPU reads 100 bytes
 * a nanosecond from the common cache, so a step of so many takes about 10 µs, where a dispatch took 13 to 28 µs on an H200
 * for 64 sequences and a quarter of a megabyte to one.
 */
const MOST_WEIGHT_BYTES = 1_100_000;

/** Whether a layer of so many units is small enough for its time steps to be one dispatch. */
export function fitsSequence(cell: SequenceCell, units: number): boolean {
  return (
    4 * cell.gates.length * units ** 2 <= MOST_WEIGHT_BYTES &&
    Object.values(sequenceProducts(cell, units)).every((product) => !shapesOf(1, product).next().done)
  );
}
