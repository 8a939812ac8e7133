/** Mutants: a kernel with one line broken, which a comparison must not let pass. */
import { expect } from 'vitest';
import type { Mutation } from './gpu.ts';

/** File, what it says, what the mutant says instead. */
export type Mutant = readonly [string, string, string];

function mutation([file, from, to]: Mutant, used: () => void): Mutation {
  return (recording) => {
    const files = recording.kernel.files.map((source) => {
      if (source.name !== file || !source.text.includes(from)) return source;
      used();
      return { ...source, text: source.text.replaceAll(from, to) };
    });
    return { ...recording, kernel: { ...recording.kernel, files } };
  };
}

/** What comparisons say of wrong results; a mutant that does not even compile says something else. */
const WRONG = /off, allowed|L2 error|not finite|words differ|outside of/;

/** The comparison fails with the mutant, and the mutant is in what it compared. */
export async function expectCaught(
  compare: (mutate: Mutation) => Promise<unknown>,
  mutant: Mutant,
): Promise<void> {
  let uses = 0;
  const outcome = compare(mutation(mutant, () => (uses += 1)));
  await expect(outcome).rejects.toThrow(WRONG);
  expect(uses).toBeGreaterThan(0);
}
