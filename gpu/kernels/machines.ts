/** How adapters of a family run the workgroups that go through all time steps: see shaders/recurrent/sequence.wgsl. */
import type { KernelFamily } from './tiles.ts';
import { ENOUGH_GROUPS } from './workgroups.ts';

/** Invocations of a workgroup that every adapter has. */
export const MOST_LANES = 256;

/** What an invocation may keep, and what a time step costs, in multiply-adds; only the ratios matter. */
export interface Machine {
  /** Invocations that run at once. */
  readonly width: number;
  /** Weights, sums and values of units that an invocation keeps, at most. */
  readonly registers: number;
  /** Columns of an invocation, at most, unless a workgroup has too few invocations for them all. */
  readonly mostEach: number;
  /** Whether the weights that it keeps are read by a loop that is not unrolled. */
  readonly rolled: boolean;
  /** Rows of a workgroup to choose from besides one, and the workgroups that must be left. */
  readonly manyRows?: { readonly rows: readonly number[]; readonly enoughGroups: number };
  /** A read from workgroup memory, or of a weight that is read again in every step. */
  readonly load: number;
  /** The same of a weight where more bytes of them are read again than a processor's own cache holds. */
  readonly beyondCache?: { readonly bytes: number; readonly load: number };
  /** Neighbours that a read serves best. */
  readonly line: number;
  /** The cell of a unit; a round in which slices hand sums over; what else there is to a step. */
  readonly cell: number;
  readonly round: number;
  readonly step: number;
  /** The compilation of a product, as a part of a time step. */
  readonly compilation: number;
}

export const MACHINES: Readonly<Record<KernelFamily, Machine>> = {
  /**
   * NVIDIA's and AMD's GPUs have 255 registers for what an invocation keeps; one with fewer puts some into memory, which
   * costs it no more than to read the weights again. Reads of 32 neighbours take as long as four multiply-adds, from a
   * cache if they lie on one line; those from the cache common to all processors as long as eight.
   */
  hardware: {
    width: MOST_LANES,
    registers: 200,
    mostEach: 32,
    rolled: false,
    manyRows: { rows: [4, 2], enoughGroups: ENOUGH_GROUPS },
    load: 4,
    beyondCache: { bytes: 128_000, load: 8 },
    line: 32,
    cell: 60,
    round: 60,
    step: 0,
    compilation: 0,
  },
  /**
   * SwiftShader runs four invocations at a time, each vector of them up to the next barrier: 1.35 ns a product, 12 ns a
   * load, 200 ns a barrier. What is kept lies on the stack, at places that are known when it compiles; 400 products, each a
   * few instructions, take it half a second with four columns to an invocation, and twice as long with sixteen. Spread over
   * the 300 time steps of a continuation, a seventieth of that counts: a reader who drags a seed asks for many.
   */
  software: {
    width: 4,
    registers: 512,
    mostEach: 4,
    rolled: true,
    load: 9,
    line: 1,
    cell: 100,
    round: 300,
    step: 450,
    compilation: 40,
  },
};
