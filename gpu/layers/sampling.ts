/**
 * Tokens from logits, one step at a time, so that N steps are one plan and one submission: by the largest logit, by a
 * draw, or by beam search. What a request may change is read from a buffer, so that a recorded plan serves others.
 */
import * as library from '../kernels/library-attention.ts';
import type { BufferSizes } from '../device/buffers.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';
import type { Place } from './context.ts';

/** That no token ends a sequence. */
export const NO_END = 0xffff_ffff;

/** Words of the buffer that `sampleSettings` fills. */
export const SAMPLE_SETTINGS_LENGTH = 4;

export interface SampleSettings {
  /** Divides the logits before the softmax, above 0; `sample` only. */
  readonly temperature: number;
  /** Only the k most likely tokens are kept, of equal ones those of lower index; 0: all. `sample` only. */
  readonly topK: number;
  /** Unsigned 32-bit; `sample` only. */
  readonly seed: number;
  /** Said by a row, it goes on saying it; NO_END: there is none. */
  readonly endToken: number;
}

/** The words of a settings buffer; see shaders/generation/sample.wgsl. */
export function sampleSettings({
  temperature,
  topK,
  seed,
  endToken,
}: SampleSettings): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(SAMPLE_SETTINGS_LENGTH);
  new Float32Array(words.buffer)[0] = temperature;
  words.set([topK, seed, endToken], 1);
  return words;
}

export interface SampleUse {
  /** [B, V]. */
  readonly logits: Place;
  readonly batch: number;
  readonly vocabulary: number;
  readonly mode: library.SampleMode;
  /** From `sampleSettings`. */
  readonly settings: GPUBuffer;
  /** Index of this token among those of the sequence, counted from 0. */
  readonly step: number;
  /** u32 [steps, B]: what each row says. */
  readonly tokens: GPUBuffer;
  /** u32 [B]: the same, where the next time step reads it. In another buffer than `tokens`. */
  readonly next: Place;
}

/** The index of each row's largest logit, the lowest of equal ones: logits [B, V], next u32 [B]. */
export function recordArgmax(
  family: KernelFamily,
  { logits, batch, vocabulary, next }: Pick<SampleUse, 'logits' | 'batch' | 'vocabulary' | 'next'>,
): Recording {
  return {
    ...library.argmax(family, batch),
    buffers: { logits: logits.buffer, next: next.buffer },
    uniform: { rows: batch, columns: vocabulary, logits_at: logits.at, next_at: next.at },
    work: touching(batch * (vocabulary + 1)),
  };
}

/** Each row's token of a step. The draw follows from seed, step and row alone. */
export function recordSample(family: KernelFamily, use: SampleUse): Recording {
  const { logits, batch, vocabulary, mode, settings, step, tokens, next } = use;
  return {
    ...library.sample(family, mode, batch),
    buffers: { settings, logits: logits.buffer, tokens, next: next.buffer },
    uniform: { rows: batch, columns: vocabulary, step, logits_at: logits.at, next_at: next.at },
    work: touching(batch * (vocabulary + 2), batch * vocabulary),
  };
}

/** The score of a beam that does not exist, where there were fewer candidates than beams; see shaders/generation/beam.wgsl. */
const NO_BEAM = Math.fround(-1e38);

/**
 * Of K beams: `beam.scores` f32 [K], and the best candidates of each beam, `beam.candidateScores` f32 and
 * `beam.candidateTokens` u32 [K, K]; `beam.parents` and `beam.tokens` u32 [steps, K].
 */
export function beamSizes(beams: number, steps: number): BufferSizes {
  return {
    'beam.scores': beams,
    'beam.candidateScores': beams * beams,
    'beam.candidateTokens': beams * beams,
    'beam.parents': steps * beams,
    'beam.tokens': steps * beams,
  };
}

export interface BeamUse {
  /** [K, V]: the K beams of one source are the rows of a batch. At step 0 they are the same, and only the first counts. */
  readonly logits: Place;
  readonly beams: number;
  readonly vocabulary: number;
  /** From `sampleSettings`; only the end token is read. */
  readonly settings: GPUBuffer;
  readonly step: number;
  /** u32 [K]: the tokens of the new beams, where the next time step reads them. */
  readonly next: Place;
}

/**
 * The best K of all K·V continuations by summed log-softmax, best first, of equal ones that of the lower beam and then
 * token. A beam that has said the end token goes on with it alone, at no cost. Leaves each new beam's parent and token.
 */
export function recordBeamStep(
  family: KernelFamily,
  buffers: Readonly<Record<string, GPUBuffer>>,
  { logits, beams, vocabulary, settings, step, next }: BeamUse,
): Recording[] {
  const [scores, parents, tokens] = [
    buffers['beam.scores']!,
    buffers['beam.parents']!,
    buffers['beam.tokens']!,
  ];
  const candidates = {
    candidate_scores: buffers['beam.candidateScores']!,
    candidate_tokens: buffers['beam.candidateTokens']!,
  };
  return [
    {
      ...library.beamCandidates(family, beams),
      buffers: { settings, logits: logits.buffer, scores, tokens, ...candidates },
      uniform: { rows: beams, columns: vocabulary, step, logits_at: logits.at },
      work: touching(beams * (vocabulary + 2 * beams), beams * vocabulary),
    },
    {
      kernel: library.beamChoose(family),
      buffers: { ...candidates, scores, parents, tokens, next: next.buffer },
      uniform: { beams, step, next_at: next.at },
      workgroups: elementGroups(family, beams * beams),
      work: touching(beams * (2 * beams + 4)),
    },
  ];
}

export interface ReorderUse {
  readonly beams: number;
  readonly step: number;
  /** States [S][slots, K, H], S of them `stateStride` floats apart. */
  readonly states: GPUBuffer;
  readonly stateCount: number;
  readonly stateStride: number;
  readonly hiddenSize: number;
  /** Floats from the start of a state to the slot read, and to another slot, which is written. */
  readonly from: number;
  readonly to: number;
}

/** After a beam step: row k of the slot `to` becomes what row parents[k] of the slot `from` is, in every state of a layer. */
export function recordReorder(
  family: KernelFamily,
  buffers: Readonly<Record<string, GPUBuffer>>,
  { beams, step, states, stateCount, stateStride, hiddenSize, from, to }: ReorderUse,
): Recording {
  const length = stateCount * beams * hiddenSize;
  return {
    kernel: library.beamReorder(family),
    buffers: { parents: buffers['beam.parents']!, states },
    uniform: {
      length,
      beams,
      hidden_size: hiddenSize,
      parents_at: step * beams,
      state_stride: stateStride,
      from_at: from,
      to_at: to,
    },
    workgroups: elementGroups(family, length),
    work: touching(2 * length),
  };
}

export interface BeamSequence {
  /** One a step, the end token repeated where it came early. */
  readonly tokens: Uint32Array;
  /** Sum of log-probabilities. */
  readonly score: number;
}

/** The beams' sequences, best first, followed back from the last step's `scores` [K] over `parents` and `tokens` [steps, K]. */
export function beamSequences(
  parents: Uint32Array,
  tokens: Uint32Array,
  scores: Float32Array,
): BeamSequence[] {
  const beams = scores.length;
  const steps = tokens.length / beams;
  return Array.from(scores, (score, last): BeamSequence => {
    const sequence = new Uint32Array(steps);
    let beam = last;
    for (let step = steps - 1; step >= 0; step -= 1) {
      sequence[step] = tokens[step * beams + beam]!;
      beam = parents[step * beams + beam]!;
    }
    return { tokens: sequence, score };
  }).filter(({ score }) => score > NO_BEAM);
}
