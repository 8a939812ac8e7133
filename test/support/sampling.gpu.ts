/** The comparisons of drawn tokens and of beam search with their definitions in float64. */
import type { Recording } from '../../gpu/kernels/plan.ts';
import type { KernelFamily } from '../../gpu/kernels/tiles.ts';
import { touching } from '../../gpu/kernels/work.ts';
import {
  beamSequences,
  beamSizes,
  recordArgmax,
  recordBeamStep,
  recordReorder,
  recordSample,
  sampleSettings,
} from '../../gpu/layers/sampling.ts';
import { expectForwardClose } from './compare.ts';
import { type Mutation, runRecordings } from './gpu.ts';
import type { RandomSource } from './random.ts';
import { type DrawSettings, drawByPaper, type Hypothesis, type PrefixModel } from './sampling.ts';

const AT = 3;

export interface SampleProblem extends DrawSettings {
  readonly mode: 'greedy' | 'sample';
  readonly batch: number;
  readonly vocabulary: number;
  readonly step: number;
  readonly endToken: number;
  /** [B, V] */
  readonly logits: Float32Array;
  /** [steps, B], those before `step` given. */
  readonly tokens: Uint32Array;
}

/** Logits of few different values where `ties`, so that the order of equal ones counts. */
export function sampleProblem(
  random: RandomSource,
  given: Omit<SampleProblem, 'logits' | 'tokens'>,
  ties: boolean,
): SampleProblem {
  const { batch, vocabulary, step } = given;
  const normals = random.normals(batch * vocabulary, 2);
  const logits = ties ? normals.map((logit) => Math.round(logit)) : normals;
  const tokens = Uint32Array.from({ length: (step + 2) * batch }, () => random.integer(0, vocabulary - 1));
  return { ...given, logits, tokens };
}

/** What the kernel says, [B]; other rows of the tokens are as before, and `next` has the same. */
export async function runSample(
  problem: SampleProblem,
  family: KernelFamily,
  mutate?: Mutation,
): Promise<number[]> {
  const { mode, batch, vocabulary, step, logits, tokens } = problem;
  const given = new Float32Array(AT + logits.length).fill(NaN);
  given.set(logits, AT);
  const results = await runRecordings(
    { logits: given.length, settings: 4, tokens: tokens.length, next: AT + batch },
    { logits: given, settings: sampleSettings(problem), tokens },
    (buffers) => [
      recordSample(family, {
        logits: { buffer: buffers['logits']!, at: AT },
        batch,
        vocabulary,
        mode,
        settings: buffers['settings']!,
        step,
        tokens: buffers['tokens']!,
        next: { buffer: buffers['next']!, at: AT },
      }),
    ],
    mutate,
  );
  const said = words(results['tokens']!);
  const row = said.subarray(step * batch, (step + 1) * batch);
  const untouched = tokens.slice();
  untouched.set(row, step * batch);
  expectForwardClose(said, untouched, 'tokens of other steps');
  expectForwardClose(words(results['next']!).subarray(AT), row, 'next input');
  return Array.from(row);
}

/** Each row against the same draw in float64; few are too near a border to tell. */
export async function compareSample(
  problem: SampleProblem,
  family: KernelFamily,
  mutate?: Mutation,
): Promise<void> {
  const { batch, vocabulary, step, mode, endToken, logits, tokens } = problem;
  const actual = await runSample(problem, family, mutate);
  let undecided = 0;
  const expected = actual.map((token, row) => {
    if (step > 0 && tokens[(step - 1) * batch + row] === endToken) return endToken;
    const own = Array.from(logits.subarray(row * vocabulary, (row + 1) * vocabulary));
    if (mode === 'greedy') return own.indexOf(Math.max(...own));
    const drawn = drawByPaper(own, problem, step, row);
    if (drawn === null) undecided += 1;
    return drawn ?? token;
  });
  if (undecided > 0.02 * batch + 1) throw new Error(`${undecided} of ${batch} draws are at a border.`);
  expectForwardClose(actual, expected, 'tokens');
}

/** The index of the largest logit of each row, [B]. */
export async function runArgmax(
  family: KernelFamily,
  logits: Float32Array,
  batch: number,
  mutate?: Mutation,
): Promise<number[]> {
  const { next } = await runRecordings(
    { logits: logits.length, next: batch },
    { logits },
    (buffers) => [
      recordArgmax(family, {
        logits: { buffer: buffers['logits']!, at: 0 },
        batch,
        vocabulary: logits.length / batch,
        next: { buffer: buffers['next']!, at: 0 },
      }),
    ],
    mutate,
  );
  return Array.from(words(next!));
}

function words(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/**
 * A model whose state is a number below `count`: s(0) = 0, s(t + 1) = (V·s(t) + token + 1) mod count, its logits
 * a row of a table. The state is held in S·H floats, of which every one counts.
 */
export interface TableModel {
  readonly count: number;
  readonly vocabulary: number;
  /** [count, V] */
  readonly table: Float32Array;
}

export function tableModel(random: RandomSource, vocabulary: number): TableModel {
  const count = 97;
  return { count, vocabulary, table: random.normals(count * vocabulary, 1.5) };
}

export function prefixModel({ count, vocabulary, table }: TableModel): PrefixModel {
  return (prefix) => {
    const state = prefix.reduce((state, token) => (vocabulary * state + token + 1) % count, 0);
    return Array.from(table.subarray(state * vocabulary, (state + 1) * vocabulary));
  };
}

const [STATES, HIDDEN] = [2, 3];

const TABLE_STEP = `
struct Model {
  beams: u32,
  columns: u32,
  count: u32,
  step: u32,
}
@group(0) @binding(0) var<uniform> model: Model;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> states: array<f32>; // [2][2, K, 3]
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

fn place(slot: u32, row: u32, i: u32) -> u32 {
  return ((i / 3u * 2u + slot) * model.beams + row) * 3u + i % 3u;
}

@compute @workgroup_size(1)
fn step_table(@builtin(workgroup_id) group: vec3u) {
  let row = group.x;
  var state = 0u;
  if (model.step > 0u) {
    let before = u32(states[place(0u, row, 0u)]);
    state = (model.columns * before + next[row] + 1u) % model.count;
    for (var i = 0u; i < 6u; i++) {
      if (states[place(0u, row, i)] != f32(before + 1000u * i)) {
        state = model.count - 1u;
      }
    }
  }
  for (var i = 0u; i < 6u; i++) {
    states[place(1u, row, i)] = f32(state + 1000u * i);
  }
  for (var j = 0u; j < model.columns; j++) {
    logits[row * model.columns + j] = table[state * model.columns + j];
  }
}`;

function recordTableStep(
  buffers: Readonly<Record<string, GPUBuffer>>,
  { count, vocabulary }: TableModel,
  beams: number,
  step: number,
): Recording {
  const { table, next, states, logits } = buffers as Record<
    'table' | 'next' | 'states' | 'logits',
    GPUBuffer
  >;
  return {
    kernel: { name: 'table_step', files: [{ name: 'table_step', text: TABLE_STEP }], constants: {} },
    buffers: { table, next, states, logits },
    uniform: { beams, columns: vocabulary, count, step },
    workgroups: [beams, 1],
    work: touching(2 * beams * vocabulary),
  };
}

/** Beam search over a table model in one plan. */
export async function runBeamSearch(
  model: TableModel,
  family: KernelFamily,
  { steps, beams, endToken }: { steps: number; beams: number; endToken: number },
  mutate?: Mutation,
): Promise<Hypothesis[]> {
  const results = await runRecordings(
    {
      ...beamSizes(beams, steps),
      table: model.table.length,
      logits: beams * model.vocabulary,
      next: beams,
      settings: 4,
      states: STATES * 2 * beams * HIDDEN,
    },
    {
      table: model.table,
      settings: sampleSettings({ temperature: 1, topK: 0, seed: 0, endToken }),
      // No state has these, and unlike NaN a kernel can tell them from others.
      states: new Float32Array(STATES * 2 * beams * HIDDEN).fill(-1),
    },
    (buffers) =>
      Array.from({ length: steps }, (_, step) => [
        recordTableStep(buffers, model, beams, step),
        ...recordBeamStep(family, buffers, {
          logits: { buffer: buffers['logits']!, at: 0 },
          beams,
          vocabulary: model.vocabulary,
          settings: buffers['settings']!,
          step,
          next: { buffer: buffers['next']!, at: 0 },
        }),
        recordReorder(family, buffers, {
          beams,
          step,
          states: buffers['states']!,
          stateCount: STATES,
          stateStride: 2 * beams * HIDDEN,
          hiddenSize: HIDDEN,
          from: beams * HIDDEN,
          to: 0,
        }),
      ]).flat(),
    mutate,
  );
  const sequences = beamSequences(
    words(results['beam.parents']!),
    words(results['beam.tokens']!),
    results['beam.scores']!,
  );
  return sequences.map(({ tokens, score }) => ({ tokens: Array.from(tokens), score }));
}

/** The same sequences in the same order, with the same scores. */
export function expectHypotheses(actual: readonly Hypothesis[], expected: readonly Hypothesis[]): void {
  if (actual.length !== expected.length) {
    throw new Error(`beams: ${actual.length - expected.length} off, allowed 0.`);
  }
  expectForwardClose(scoresOf(actual), scoresOf(expected), 'scores');
  expectForwardClose(tokensOf(actual), tokensOf(expected), 'tokens');
}

function scoresOf(list: readonly Hypothesis[]): number[] {
  return list.map(({ score }) => score);
}

function tokensOf(list: readonly Hypothesis[]): number[] {
  return list.flatMap(({ tokens }) => tokens);
}
