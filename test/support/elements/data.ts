/** Batches and initial states, word by word. */
import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import {
  type CarriedStates,
  recordBeginStates,
  recordGatherExamples,
  recordGatherStream,
  recordGatherWindows,
  recordKeepStates,
} from '../../../gpu/layers/data.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import { pcg4dByPaper } from '../pcg4d.ts';
import { RandomSource } from '../random.ts';
import { controlAt, expectSameWords, lengthsOf, randomWords } from './words.ts';

export interface ExamplesCase {
  readonly count: number;
  readonly width: number;
  readonly steps: number;
  readonly fillSteps: number;
  readonly batch: number;
  /** At this iteration, or row b is example b. */
  readonly draw: { readonly seed: number; readonly iteration: number } | 'all';
}

/** [steps, B, width] of what `word` says of (t, b, k). */
function batchOf(
  steps: number,
  batch: number,
  width: number,
  word: (t: number, b: number, k: number) => number,
): Uint32Array {
  return Uint32Array.from({ length: steps * batch * width }, (_, index) => {
    const row = Math.floor(index / width);
    return word(Math.floor(row / batch), row % batch, index % width);
  });
}

/** The example of row b, "EXMP" being 0x45584d50. */
export function exampleByPaper(seed: number, iteration: number, b: number, count: number): number {
  return pcg4dByPaper(seed, iteration, b, 0x45584d50)[3]! % count;
}

export async function expectGatherExamples(
  family: KernelFamily,
  given: ExamplesCase,
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const { count, width, steps, fillSteps, batch, draw } = given;
  const from = randomWords(new RandomSource(seed), steps * count * width);
  const contents = { from, control: controlAt(draw === 'all' ? 0 : draw.iteration) };
  const { to } = await runRecordings(
    { ...lengthsOf(contents), to: fillSteps * batch * width },
    contents,
    ({ from, to, control }) => [
      recordGatherExamples(family, {
        from: from!,
        to: to!,
        count,
        width,
        steps,
        fillSteps,
        batch,
        draw: draw === 'all' ? draw : { seed: draw.seed, control: control! },
      }),
    ],
    mutate,
  );
  const examples = Array.from({ length: batch }, (_, b) =>
    draw === 'all' ? b : exampleByPaper(draw.seed, draw.iteration, b, count),
  );
  const expected = batchOf(fillSteps, batch, width, (t, b, k) =>
    t < steps ? from[(t * count + examples[b]!) * width + k]! : 0,
  );
  expectSameWords(to!, expected, 'examples');
}

export async function expectGatherStream(
  family: KernelFamily,
  given: { width: number; steps: number; batch: number; windows: number; iteration: number },
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const { width, steps, batch, windows, iteration } = given;
  const from = randomWords(new RandomSource(seed), windows * steps * batch * width);
  const contents = { from, control: controlAt(iteration) };
  const { to } = await runRecordings(
    { ...lengthsOf(contents), to: steps * batch * width },
    contents,
    ({ from, to, control }) => [
      recordGatherStream(family, {
        from: from!,
        to: to!,
        width,
        steps,
        batch,
        windows,
        control: control!,
      }),
    ],
    mutate,
  );
  const first = (iteration % windows) * steps;
  const expected = batchOf(steps, batch, width, (t, b, k) => from[((first + t) * batch + b) * width + k]!);
  expectSameWords(to!, expected, 'window');
}

/** "WIND" is 0x57494e44. */
export async function expectGatherWindows(
  family: KernelFamily,
  given: {
    steps: number;
    batch: number;
    features: number;
    starts: Uint32Array;
    draw: { seed: number; iteration: number } | null;
  },
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const { steps, batch, features, starts, draw } = given;
  const series = randomWords(new RandomSource(seed), (Math.max(...starts) + steps + 1) * features);
  const contents = { series, starts, control: controlAt(draw?.iteration ?? 0) };
  const length = steps * batch * features;
  const { inputs, targets } = await runRecordings(
    { ...lengthsOf(contents), inputs: length, targets: length },
    contents,
    ({ series, starts, control, inputs, targets }) => [
      recordGatherWindows(family, {
        series: series!,
        starts: starts!,
        control: control!,
        inputs: inputs!,
        targets: targets!,
        batch,
        steps,
        features,
        draw: draw && { seed: draw.seed, count: contents.starts.length },
      }),
    ],
    mutate,
  );
  const start = Array.from({ length: batch }, (_, b) =>
    draw ? starts[pcg4dByPaper(draw.seed, draw.iteration, b, 0x57494e44)[3]! % starts.length]! : starts[b]!,
  );
  const values = (ahead: number): Uint32Array =>
    batchOf(steps, batch, features, (t, b, f) => series[(start[b]! + t + ahead) * features + f]!);
  expectSameWords(inputs!, values(0), 'inputs');
  expectSameWords(targets!, values(1), 'targets');
}

export interface StatesCase {
  readonly planes: number;
  readonly slots: number;
  readonly batch: number;
  readonly hiddenSize: number;
  readonly iteration: number;
}

/** Carried states [S][B, H] and states [S][slots, B, H], of random numbers. */
function randomStates(
  given: StatesCase,
  seed: number,
): { carried: Float32Array; states: Float32Array; control: Uint32Array } {
  const random = new RandomSource(seed);
  const length = given.planes * given.batch * given.hiddenSize;
  const [carried, states] = [random.normals(length), random.normals(length * given.slots)];
  return { carried, states, control: controlAt(given.iteration) };
}

function stateBuffers(given: StatesCase, buffers: Readonly<Record<string, GPUBuffer>>): CarriedStates {
  const { planes, slots, batch, hiddenSize } = given;
  const { carried, states, control } = buffers as Record<'carried' | 'states' | 'control', GPUBuffer>;
  return { carried, states, planes, slots, batch, hiddenSize, control };
}

/** Slot 0 holds what is carried, or zeros; all other slots stay as they are. */
export async function expectBeginStates(
  family: KernelFamily,
  given: StatesCase & { begins: Uint32Array | null; windows: number },
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const { slots, batch, hiddenSize, begins, windows, iteration } = given;
  const { carried, states, control } = randomStates(given, seed);
  const contents = { carried, states, control, ...(begins ? { begins } : {}) };
  const results = await runRecordings(
    lengthsOf(contents),
    contents,
    (buffers) => [
      recordBeginStates(family, {
        ...stateBuffers(given, buffers),
        begins: buffers['begins'] ?? null,
        windows,
      }),
    ],
    mutate,
  );
  const window = iteration % windows;
  const expected = states.map((value, index) => {
    const [slot, plane] = slotOf(index, given);
    const b = Math.floor(index / hiddenSize) % batch;
    if (slot !== 0) return value;
    const isNew = window === 0 || begins?.[window * batch + b] === 1;
    return isNew ? 0 : carried[index - plane * (slots - 1) * batch * hiddenSize]!;
  });
  expectSameWords(results['states']!, new Uint32Array(expected.buffer), 'states');
  expectSameWords(results['carried']!, new Uint32Array(carried.buffer), 'carried');
}

/** What is carried is the last slot, unless the update was refused. */
export async function expectKeepStates(
  family: KernelFamily,
  given: StatesCase & { refused: boolean },
  seed: number,
  mutate?: Mutation,
): Promise<void> {
  const { slots, refused } = given;
  const contents = randomStates(given, seed);
  contents.control[1] = refused ? 1 : 0;
  const results = await runRecordings(
    lengthsOf(contents),
    contents,
    (buffers) => [recordKeepStates(family, stateBuffers(given, buffers))],
    mutate,
  );
  const { carried, states } = contents;
  const expected = refused ? carried : states.filter((_, index) => slotOf(index, given)[0] === slots - 1);
  expectSameWords(results['carried']!, new Uint32Array(expected.buffer), 'carried');
  expectSameWords(results['states']!, new Uint32Array(states.buffer), 'states');
}

/** Slot and plane of an element of the states. */
function slotOf(index: number, { slots, batch, hiddenSize }: StatesCase): [number, number] {
  const slot = Math.floor(index / (batch * hiddenSize));
  return [slot % slots, Math.floor(slot / slots)];
}
