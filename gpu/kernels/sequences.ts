/** How the kernels that run all time steps in one dispatch divide a layer among workgroups, and which layers they suit. */
import { type Machine, MACHINES, MOST_LANES } from './machines.ts';
import type { KernelFamily } from './tiles.ts';

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
  /** Of these, those whose weights are read by instructions of their own: all, or none where a loop reads them. */
  readonly UNROLLED: number;
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

/** Floats of a workgroup's memory that every adapter has. */
const WORKGROUP_FLOATS = 4096;

/** Weights that are under way to an invocation at a time: with 256 invocations enough to hide how long a cache takes. */
const UNDER_WAY = 16;

/** Workgroups that are enough where they read from the common cache: each reads the weights once for all of its rows. */
const ENOUGH_READERS = 24;

/**
 * As many rows as leave enough workgroups, and then the division that costs least; null where none fits into a
 * workgroup's memory.
 */
export function sequenceShape(
  family: KernelFamily,
  batch: number,
  product: SequenceProduct,
): SequenceShape | null {
  const machine = MACHINES[family];
  const ofOne = cheapest(machine, 1, product);
  if (!ofOne) return null;
  if (!machine.manyRows) return ofOne;
  const enough = readsFromCommon(machine, ofOne, product) ? ENOUGH_READERS : machine.manyRows.enoughGroups;
  for (const rows of machine.manyRows.rows) {
    const shape = Math.ceil(batch / rows) >= enough ? cheapest(machine, rows, product) : null;
    if (shape) return shape;
  }
  return ofOne;
}

/** The division of a product of so many rows that costs least. */
function cheapest(machine: Machine, rows: number, product: SequenceProduct): SequenceShape | null {
  let best: SequenceShape | null = null;
  let least = Infinity;
  for (const shape of shapesOf(machine, rows, product)) {
    const cost = stepCost(machine, shape, product);
    if (cost < least) [best, least] = [shape, cost];
  }
  return best;
}

/** Every division that a workgroup has the memory and an invocation the registers for. */
function* shapesOf(machine: Machine, rows: number, product: SequenceProduct): Generator<SequenceShape> {
  const mostEach = Math.max(machine.mostEach, Math.ceil(product.columns / MOST_LANES));
  for (let each = 1; each <= mostEach; each += 1) {
    const across = Math.ceil(product.columns / each);
    const most = Math.min(Math.floor(MOST_LANES / across), product.inner);
    for (let slices = 1; slices <= most; slices += 1) {
      const shape = shapeOf(machine, rows, each, slices, product);
      if (shape) yield shape;
    }
  }
}

function shapeOf(
  { registers, rolled }: Machine,
  rows: number,
  each: number,
  slices: number,
  { inner, columns, units, unitValues }: SequenceProduct,
): SequenceShape | null {
  const across = Math.ceil(columns / each);
  const share = Math.ceil(inner / slices);
  const pairs = Math.ceil((rows * units) / (slices * across));
  const most = Math.floor((registers - each * rows - pairs * unitValues) / each);
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
    UNROLLED: rolled ? 0 : held,
    AHEAD: ahead,
    SUMS: rows * each,
    INNER: length,
    PAIRS: pairs,
  };
}

function readsFromCommon(
  { beyondCache }: Machine,
  { HELD, SLICES }: SequenceShape,
  { inner, columns }: SequenceProduct,
): boolean {
  return beyondCache !== undefined && 4 * columns * (inner - HELD * SLICES) > beyondCache.bytes;
}

/** Of a workgroup in a time step: what it costs an invocation, as often as others have to wait for it. */
function stepCost(machine: Machine, shape: SequenceShape, product: SequenceProduct): number {
  const { columns, units, alongColumns } = product;
  const { ROWS: rows, SLICES: slices, EACH: each, HELD: held, PAIRS: pairs, SUMS: sums } = shape;
  const share = shape.INNER / slices;
  const neighbours = alongColumns ? shape.COLUMNS : slices;
  const products = share * rows * (each + machine.load);
  const least = readsFromCommon(machine, shape, product) ? machine.beyondCache!.load : machine.load;
  const read = Math.max(least, machine.load * Math.ceil(machine.line / neighbours));
  const joining = sums + (pairs * shape.PARTS * columns) / units;
  const handing = (shape.ROUNDS - 1) * (machine.round + sums * machine.load);
  const others = (share - held) * each * read + joining * machine.load + handing + pairs * machine.cell;
  const turns = Math.ceil((slices * shape.COLUMNS) / machine.width);
  return turns * (products + others + machine.step) + machine.compilation * held * each;
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
    weightBytes(cell, units) <= MOST_WEIGHT_BYTES &&
    Object.values(sequenceProducts(cell, units)).every(
      (product) => !shapesOf(MACHINES.hardware, 1, product).next().done,
    )
  );
}

/**
 * The same for one dispatch that continues a sequence. Measured on SwiftShader, one draw: a GRU of 200 units (480,000
 * bytes) takes half the time of a dispatch a step, an LSTM of 200 (640,000) as long as it.
 */
const MOST_CONTINUED_BYTES: Readonly<Record<KernelFamily, number>> = {
  software: 500_000,
  hardware: MOST_WEIGHT_BYTES,
};

/** Whether a layer of so many units is small enough for one dispatch to continue a sequence. */
export function fitsContinuation(family: KernelFamily, cell: SequenceCell, units: number): boolean {
  return weightBytes(cell, units) <= MOST_CONTINUED_BYTES[family] && fitsSequence(cell, units);
}

/** Of the recurrent weights. */
export function weightBytes({ gates }: SequenceCell, units: number): number {
  return 4 * gates.length * units ** 2;
}
