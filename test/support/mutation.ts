/** Mutants: a kernel with one text broken, or a dispatch recorded otherwise, which a comparison must not let pass. */
import { shaderText } from '../../gpu/kernels/shaders.ts';
import type { Recording } from '../../gpu/kernels/plan.ts';
import type { SourceFile } from '../../gpu/kernels/source.ts';
import { type Mutation, testDevice } from './gpu.ts';

/** A shader file by its path under shaders/ without the ending, a text that stands in it once, and what the mutant says. */
export type TextMutant = readonly [file: string, find: string, replace: string];
/** What layers and models record, otherwise: the recording itself where it is none of those that the mutant changes. */
export type RecordingMutant = (recording: Recording) => Recording;
export type Mutant = TextMutant | RecordingMutant;

/** A comparison of kernels with an oracle. @throws Error where they differ. */
export type Compare = (mutate?: Mutation) => Promise<unknown>;

/** A problem and the mutants that its comparison has to tell. */
export interface Suite {
  readonly name: string;
  readonly compare: Compare;
  /** Whether a comparison takes seconds on a software adapter, too long for `npm test`. */
  readonly isSlow?: boolean;
  readonly mutants: Readonly<Record<string, Mutant>>;
}

export type Verdict =
  | { readonly kind: 'killed' }
  | { readonly kind: 'survived' }
  /** It says nothing of the comparison: its text is stale, it does not compile, or it is not valid. */
  | { readonly kind: 'void'; readonly why: string };

/** What comparisons say of wrong results, and nothing else says. */
const WRONG =
  /off, allowed|L2 error|relative error|not finite|bits differ|words differ|outside of|in the gap at/;

/** Whether the comparison tells the mutant from the kernels as they are. */
export async function judge(compare: Compare, mutant: Mutant): Promise<Verdict> {
  const stale = whyStale(mutant);
  if (stale) return { kind: 'void', why: stale };
  let uses = 0;
  const mutate: Mutation = (recording) => {
    const mutated = apply(mutant, recording);
    if (mutated !== recording) uses += 1;
    return mutated;
  };
  const { failure, invalid } = await run(() => compare(mutate));
  if (invalid) return { kind: 'void', why: invalid };
  if (uses === 0) return { kind: 'void', why: 'Nothing that the comparison runs is mutated.' };
  if (failure === undefined) return { kind: 'survived' };
  return WRONG.test(failure) ? { kind: 'killed' } : { kind: 'void', why: failure };
}

/** Why kernels as they are do not pass, without which no mutant says anything; null where they do. */
export async function whyFails(compare: Compare): Promise<string | null> {
  const { failure, invalid } = await run(() => compare());
  return invalid ?? failure ?? null;
}

/** What a comparison throws, and what the device has to say against what was compiled and run. */
async function run(
  compare: () => Promise<unknown>,
): Promise<{ failure: string | undefined; invalid: string | undefined }> {
  const { device } = await testDevice();
  device.pushErrorScope('validation');
  const failure = await compare().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
  const invalid = await device.popErrorScope();
  return { failure, invalid: invalid?.message };
}

function apply(mutant: Mutant, recording: Recording): Recording {
  if (typeof mutant === 'function') return mutant(recording);
  const [path, find, replace] = mutant;
  const name = `shaders/${path}.wgsl`;
  let isUsed = false;
  const mutated = (file: SourceFile): SourceFile => {
    if (file.withSubgroups) return { ...file, withSubgroups: mutated(file.withSubgroups) };
    if (file.name !== name || !file.text.includes(find)) return file;
    isUsed = true;
    // A function, since a string would have $ mean something.
    return { ...file, text: file.text.replace(find, () => replace) };
  };
  const files = recording.kernel.files.map(mutated);
  return isUsed ? { ...recording, kernel: { ...recording.kernel, files } } : recording;
}

/** A text that stands nowhere breaks nothing, and of one that stands twice it is not said which breaks. */
export function whyStale(mutant: Mutant): string | null {
  if (typeof mutant === 'function') return null;
  const [path, find, replace] = mutant;
  const count = shaderText(`${path}.wgsl`).split(find).length - 1;
  if (count !== 1) return `"${find}" stands ${count} times in shaders/${path}.wgsl; it must once.`;
  return find === replace ? `"${find}" is not changed.` : null;
}
