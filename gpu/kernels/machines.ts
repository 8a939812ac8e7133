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
  /** Columns of an invocation, at most. */
  readonly mostEach: number;
  /** Whether the weights that it keeps are read by a loop that is not unrolled. */
  readonly rolled: boolean;
  /** Rows of a workgroup to choose from besides one, and the workgroups that must be left. */
  readonly rows: readonly number[];
  readonly enoughGroups: number;
  /** Bytes of weights read again in every step that a processor's own cache holds; of more it reads all from a common one. */
  readonly ownCache: number;
  /** A read from workgroup memory or from the own cache, and one from the common cache. */
  readonly load: number;
  readonly commonLoad: number;
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
   * costs it no more than to read the weights again. Workgroup memory and the own cache answer 32 neighbours, the latter
   * one line of them, in the turns of four multiply-adds; the common cache takes as long as for eight.
   */
  hardware: {
    width: MOST_LANES,
    registers: 200,
    mostEach: 32,
    rolled: false,
    rows: [4, 2],
    enoughGroups: ENOUGH_GROUPS,
    ownCache: 128_000,
    load: 4,
    commonLoad: 8,
    line: 32,
    cell: 60,
    round: 60,
    step: 0,
    compilation: 0,
  },
  /**
   * SwiftShader runs four invocations at a time, each vector of them up to the next barrier: 1.35 ns a product, 12 ns a
   * load, 200 ns a barrier. What is kept lies on the stack, at places that are known when it compiles; 400 products, each a
   * few instructions, take it half a second with four columns to an invocation, and twice as long with sixteen. Of that a
   * fortieth counts, over the 300 time steps of a continuation: a reader who drags a seed asks for many.
   */
  software: {
    width: 4,
    registers: 512,
    mostEach: 4,
    rolled: true,
    rows: [],
    enoughGroups: 1,
    ownCache: Infinity,
    load: 9,
    commonLoad: 9,
    line: 1,
    cell: 100,
    round: 300,
    step: 450,
    compilation: 40,
  },
};
