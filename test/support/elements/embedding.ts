/** Tables of vectors against their formulas in float64. */
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { recordLookup, recordTableGradient } from '../../../gpu/layers/embedding.ts';
import { expectForwardClose, expectGradientClose } from '../compare.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import { RandomSource } from '../random.ts';
import { lengthsOf, placed, taken } from './words.ts';

export interface TableCase {
  readonly rows: number;
  readonly width: number;
  readonly vocabulary: number;
}

/** Most of few tokens, some of any; a few past the table. */
function randomTokens(random: RandomSource, { rows, vocabulary }: TableCase): Uint32Array {
  return Uint32Array.from({ length: rows }, () => {
    const most = random.pick([Math.min(2, vocabulary - 1), vocabulary - 1]);
    return random.uniform() < 0.02 ? random.pick([vocabulary, 0xffffffff]) : random.integer(0, most);
  });
}

/** Words before the tokens that are no token. */
function placedTokens(tokens: Uint32Array, at: number): Uint32Array {
  const words = new Uint32Array(at + tokens.length).fill(0xdeadbeef);
  words.set(tokens, at);
  return words;
}

/** out = table[token] + bias. */
export async function expectLookup(
  family: KernelFamily,
  given: TableCase & { hasBias: boolean },
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const random = new RandomSource(seed);
  const { rows, width, vocabulary, hasBias } = given;
  const tokens = randomTokens(random, given);
  const [table, bias] = [random.normals(vocabulary * width), random.normals(width)];
  const at = Array.from({ length: 4 }, () => random.integer(0, 9));
  const contents = {
    tokens: placedTokens(tokens, at[0]!),
    table: placed(table, at[1]!),
    bias: placed(bias, at[2]!),
  };
  const { out } = await runRecordings(
    { ...lengthsOf(contents), out: at[3]! + rows * width + 1 },
    contents,
    ({ tokens, table, bias, out }) => [
      recordLookup(family, {
        tokens: { buffer: tokens!, at: at[0]! },
        table: { buffer: table!, at: at[1]! },
        ...(hasBias ? { bias: { buffer: bias!, at: at[2]! } } : {}),
        rows,
        width,
        vocabulary,
        out: { buffer: out!, at: at[3]! },
      }),
    ],
    mutate,
  );
  const expected = Float64Array.from({ length: rows * width }, (_, index) => {
    const token = Math.min(tokens[Math.floor(index / width)]!, vocabulary - 1);
    return table[token * width + (index % width)]! + (hasBias ? bias[index % width]! : 0);
  });
  expectForwardClose(taken(out!, at[3]!, expected.length), expected, 'vectors');
}

/** out[v] = Σ d over the rows of v, on top of what is there where it accumulates. Returns what the GPU says. */
export async function expectTableGradient(
  family: KernelFamily,
  given: TableCase & { accumulate: boolean },
  seed: number,
  mutate?: Mutation,
): Promise<Float32Array> {
  const random = new RandomSource(seed);
  const { rows, width, vocabulary, accumulate } = given;
  const tokens = randomTokens(random, given);
  const rowStride = width + random.integer(0, 5);
  const d = random.normals(rows * rowStride);
  const before = random.normals(vocabulary * width);
  const at = Array.from({ length: 3 }, () => random.integer(0, 9));
  const contents = {
    tokens: placedTokens(tokens, at[0]!),
    d: placed(d, at[1]!),
    out: placed(accumulate ? before : before.slice().fill(NaN), at[2]!),
  };
  const results = await runRecordings(
    lengthsOf(contents),
    contents,
    ({ tokens, d, out }) => [
      recordTableGradient(family, {
        tokens: { buffer: tokens!, at: at[0]! },
        d: { buffer: d!, at: at[1]!, rowStride },
        rows,
        width,
        vocabulary,
        out: { buffer: out!, at: at[2]! },
        accumulate,
      }),
    ],
    mutate,
  );
  const values = Float64Array.from(before, (value) => (accumulate ? value : 0));
  const magnitude = values.map(Math.abs);
  tokens.forEach((token, row) => {
    for (let column = 0; column < width; column += 1) {
      const place = Math.min(token, vocabulary - 1) * width + column;
      values[place]! += d[row * rowStride + column]!;
      magnitude[place]! += Math.abs(d[row * rowStride + column]!);
    }
  });
  const actual = taken(results['out']!, at[2]!, values.length);
  expectGradientClose(actual, { values, magnitude }, 'table');
  return actual;
}
