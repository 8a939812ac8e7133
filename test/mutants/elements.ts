/** Suites of comparisons that the kernels of either family pass. */
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import type { Mutation } from '../support/gpu.ts';
import type { Suite } from '../support/mutation.ts';

export interface ElementComparison {
  readonly compare: (family: KernelFamily, mutate?: Mutation) => Promise<unknown>;
  readonly mutants: Suite['mutants'];
  /** Whose kernels are mutated. Default: software. */
  readonly family?: KernelFamily;
}

export function elementSuites(comparisons: Readonly<Record<string, ElementComparison>>): Suite[] {
  return Object.entries(comparisons).map(([name, { compare, mutants, family = 'software' }]) => ({
    name,
    compare: (mutate) => compare(family, mutate),
    mutants,
  }));
}
