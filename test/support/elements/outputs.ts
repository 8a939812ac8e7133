/** Outputs of layers, their gradients and dropout, each against its formula in float64. */
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { type Dropout, recordDropInputs } from '../../../gpu/layers/dropout.ts';
import {
  type OutputGeometry,
  recordJoin,
  recordJoinGradient,
  recordResidualGradient,
} from '../../../gpu/layers/outputs.ts';
import { expectForwardClose } from '../compare.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import { pcg4dByPaper } from '../pcg4d.ts';
import { RandomSource } from '../random.ts';
import { controlAt, lengthsOf, placed, taken } from './words.ts';

export interface DropoutCase extends Omit<Dropout, 'control'> {
  readonly iteration: number;
}

export interface OutputCase {
  readonly steps: number;
  readonly batch: number;
  readonly hiddenSize: number;
  readonly parts: 1 | 2;
  readonly firstTime: number;
  readonly lengths?: Uint32Array;
  readonly residual: boolean;
  readonly dropout?: DropoutCase;
}

/** What dropout multiplies element (t, b, feature) by, from the paper's pcg4d; "DROP" is 0x44524f50. */
export function maskByPaper(
  { rate, perSequence, place, seed, iteration }: DropoutCase,
  [batch, width]: readonly [number, number],
  [t, b, feature]: readonly [number, number, number],
): number {
  const element = ((perSequence ? 0 : t) * batch + b) * width + feature;
  const bits = pcg4dByPaper(seed, iteration, element, 0x44524f50 + place)[3]!;
  return Math.floor(bits / 256) / 2 ** 24 >= Math.fround(rate) ? 1 / (1 - Math.fround(rate)) : 0;
}

/** [steps, B, width] of what `element` says of (t, b, feature, index), t counted from the sequence's beginning. */
function sequence(
  { steps, batch, firstTime }: { steps: number; batch: number; firstTime: number },
  width: number,
  element: (t: number, b: number, feature: number, index: number) => number,
): Float64Array {
  return Float64Array.from({ length: steps * batch * width }, (_, index) => {
    const row = Math.floor(index / width);
    return element(firstTime + Math.floor(row / batch), row % batch, index % width, index);
  });
}

/** Random values, but NaN where a sequence has ended. */
function liveValues(random: RandomSource, given: OutputCase, width: number): Float32Array {
  const values = random.normals(given.steps * given.batch * width);
  return Float32Array.from(
    sequence(given, width, (t, b, _, index) => (isLive(given, t, b) ? values[index]! : NaN)),
  );
}

function isLive({ lengths }: OutputCase, t: number, b: number): boolean {
  return !lengths || t < lengths[b]!;
}

function geometry(given: OutputCase, buffers: Readonly<Record<string, GPUBuffer>>): OutputGeometry {
  const { steps, batch, hiddenSize, firstTime, lengths, dropout } = given;
  return {
    steps,
    batch,
    hiddenSize,
    firstTime,
    ...(lengths ? { lengths: buffers['lengths']! } : {}),
    ...(dropout ? { dropout: { ...dropout, control: buffers['control']! } } : {}),
  };
}

function shared({ batch, lengths, dropout }: OutputCase): Record<string, Uint32Array> {
  return { lengths: lengths ?? new Uint32Array(batch), control: controlAt(dropout?.iteration ?? 0) };
}

/** out = live · (mask ∘ [parts] + residual). */
export async function expectJoin(
  family: KernelFamily,
  given: OutputCase,
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const random = new RandomSource(seed);
  const { batch, hiddenSize, parts, dropout } = given;
  const width = parts * hiddenSize;
  const values = Array.from({ length: parts }, () => liveValues(random, given, hiddenSize));
  const residual = liveValues(random, given, width);
  const at = Array.from({ length: 4 }, () => random.integer(0, 9));
  const contents = {
    ...shared(given),
    first: placed(values[0]!, at[0]!),
    second: placed(values.at(-1)!, at[1]!),
    residual: placed(residual, at[2]!),
  };
  const { out } = await runRecordings(
    { ...lengthsOf(contents), out: at[3]! + residual.length + 2 },
    contents,
    (buffers) => [
      recordJoin(family, {
        ...geometry(given, buffers),
        parts: ['first', 'second'].slice(0, parts).map((name, p) => ({ buffer: buffers[name]!, at: at[p]! })),
        ...(given.residual ? { residual: { buffer: buffers['residual']!, at: at[2]! } } : {}),
        out: { buffer: buffers['out']!, at: at[3]! },
      }),
    ],
    mutate,
  );
  const expected = sequence(given, width, (t, b, feature, index) => {
    if (!isLive(given, t, b)) return 0;
    const row = Math.floor(index / width);
    const h = values[Math.floor(feature / hiddenSize)]![row * hiddenSize + (feature % hiddenSize)]!;
    const mask = dropout ? maskByPaper(dropout, [batch, width], [t, b, feature]) : 1;
    return mask * h + (given.residual ? residual[index]! : 0);
  });
  expectForwardClose(taken(out!, at[3]!, expected.length), expected, 'output');
}

/** dParts = live · mask ∘ dOut, and dResidual += live · dOut. */
export async function expectJoinGradient(
  family: KernelFamily,
  given: OutputCase,
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const random = new RandomSource(seed);
  const { batch, hiddenSize, parts, dropout } = given;
  const width = parts * hiddenSize;
  const dOut = liveValues(random, given, width);
  const before = random.normals(dOut.length);
  const at = Array.from({ length: 4 }, () => random.integer(0, 9));
  const contents = { ...shared(given), dOut: placed(dOut, at[0]!), dResidual: placed(before, at[1]!) };
  const partLength = dOut.length / parts;
  const names = ['dFirst', 'dSecond'].slice(0, parts);
  const results = await runRecordings(
    {
      ...lengthsOf(contents),
      ...Object.fromEntries(names.map((name, p) => [name, at[2 + p]! + partLength])),
    },
    contents,
    (buffers) => {
      const join = { ...geometry(given, buffers), dOut: { buffer: buffers['dOut']!, at: at[0]! } };
      const dParts = names.map((name, p) => ({ buffer: buffers[name]!, at: at[2 + p]! }));
      const dResidual = { buffer: buffers['dResidual']!, at: at[1]! };
      return [
        ...recordJoinGradient(family, { ...join, dParts }),
        ...(given.residual ? [recordResidualGradient(family, { ...join, width, dResidual })] : []),
      ];
    },
    mutate,
  );
  names.forEach((name, p) => {
    const expected = sequence(given, hiddenSize, (t, b, unit, index) => {
      const feature = p * hiddenSize + unit;
      const mask = dropout ? maskByPaper(dropout, [batch, width], [t, b, feature]) : 1;
      return isLive(given, t, b) ? mask * dOut[Math.floor(index / hiddenSize) * width + feature]! : 0;
    });
    expectForwardClose(taken(results[name]!, at[2 + p]!, partLength), expected, name);
  });
  const expected = sequence(given, width, (t, b, _, index) =>
    given.residual && isLive(given, t, b) ? before[index]! + dOut[index]! : before[index]!,
  );
  expectForwardClose(taken(results['dResidual']!, at[1]!, expected.length), expected, 'dResidual');
}

/** values ∘ mask, in place. */
export async function expectDropInputs(
  family: KernelFamily,
  given: { steps: number; batch: number; width: number; firstTime: number; dropout: DropoutCase },
  seed: number,
  mutate?: Mutation,
): Promise<Float32Array> {
  const random = new RandomSource(seed);
  const { steps, batch, width, firstTime, dropout } = given;
  const values = random.normals(steps * batch * width);
  const at = random.integer(0, 9);
  const contents = { control: controlAt(dropout.iteration), values: placed(values, at) };
  const results = await runRecordings(
    lengthsOf(contents),
    contents,
    ({ control, values }) => [
      recordDropInputs(family, {
        values: { buffer: values!, at },
        steps,
        batch,
        width,
        firstTime,
        dropout: { ...dropout, control: control! },
      }),
    ],
    mutate,
  );
  const expected = sequence(
    given,
    width,
    (t, b, feature, index) => values[index]! * maskByPaper(dropout, [batch, width], [t, b, feature]),
  );
  const actual = taken(results['values']!, at, values.length);
  expectForwardClose(actual, expected, 'dropped');
  return actual;
}
