/** A batch in float64: rows of examples, a window of streams, or windows of a series. */
import type { ModelConfiguration, TrainingConfiguration } from '../model/configuration.ts';
import type { Examples, ExampleSet, StreamSet, TrainingData } from '../model/engine.ts';
import { outputSteps, outputWidth, readsTokens } from '../model/shape.ts';
import { pcg4d } from '../model/random.ts';
import type { NetworkInputs } from './network-forward.ts';
import type { LayerInputs } from './recurrent.ts';
import { batchStarts, windowsAt } from './windows.ts';

/** Fourth counter of the random numbers that choose examples: "EXMP". */
const PURPOSE = 0x45584d50;

export interface Batch extends NetworkInputs {
  /** `[T′, B, O]` numbers, or `[T′, B]` classes. */
  readonly targets: LayerInputs;
  /** `[T′, B]` */
  readonly mask?: Float64Array | undefined;
}

/** What of some examples is taken: rows, and of streams the time steps from one on. */
interface Cut {
  readonly rows: Uint32Array;
  readonly from: number;
  readonly steps: number;
}

/** What an iteration trains on. @param iteration iterations done before it. */
export function trainingBatch(
  model: ModelConfiguration,
  { batchSize, sequenceLength, seed }: TrainingConfiguration,
  data: TrainingData,
  iteration: number,
): Batch {
  switch (data.kind) {
    case 'examples':
      return cutExamples(model, data, {
        rows: drawnExamples(data, batchSize, seed, iteration),
        from: 0,
        steps: data.steps,
      });
    case 'streams': {
      const from = windowOf(data, sequenceLength, iteration) * sequenceLength;
      return cutExamples(model, data, { rows: allRows(data), from, steps: sequenceLength });
    }
    default: {
      const starts = batchStarts(data.trainingStarts, batchSize, seed, iteration);
      return {
        steps: sequenceLength,
        batch: batchSize,
        inputs: windowsAt(data, starts, sequenceLength, 0),
        targets: windowsAt(data, starts, sequenceLength, 1),
      };
    }
  }
}

/** All examples as one batch. */
export function wholeBatch(model: ModelConfiguration, examples: Examples): Batch {
  return cutExamples(model, examples, { rows: allRows(examples), from: 0, steps: examples.steps });
}

/** The window that an iteration reads of streams: they begin anew after the last. */
export function windowOf(streams: StreamSet, sequenceLength: number, iteration: number): number {
  return iteration % Math.floor(streams.steps / sequenceLength);
}

/** Row b of an iteration reads example pcg4d(seed, iteration, b, "EXMP").w mod N. */
export function drawnExamples(
  { count }: ExampleSet,
  batch: number,
  seed: number,
  iteration: number,
): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, row) => pcg4d(seed, iteration, row, PURPOSE)[3] % count);
}

function allRows({ count }: Examples): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

function cutExamples(model: ModelConfiguration, examples: Examples, cut: Cut): Batch {
  const { count, targets, lengths, mask, vectors, source } = examples;
  const { rows, steps } = cut;
  const batch = rows.length;
  const outputs = { rows, from: cut.from, steps: outputSteps(model, steps) };
  const targetWidth = model.head === 'softmax' ? 1 : outputWidth(model);
  const once = { rows, from: 0, steps: 1 };
  return {
    steps,
    batch,
    inputs: cutInputs(model, examples, cut),
    targets: columns(targets, count, targetWidth, outputs),
    lengths: lengths && (columns(lengths, count, 1, once) as Uint32Array),
    mask: mask && (columns(mask, count, 1, outputs) as Float64Array),
    vectors: vectors && (columns(vectors, count, model.vectorSize!, once) as Float64Array),
    source: source &&
      model.encoder && {
        steps: source.steps,
        batch,
        inputs: columns(source.inputs, count, readsTokens(model.encoder) ? 1 : model.encoder.inputSize, {
          rows,
          from: 0,
          steps: source.steps,
        }),
        lengths: source.lengths && (columns(source.lengths, count, 1, once) as Uint32Array),
      },
  };
}

/** Where there is an input at the first time step only, the later ones are zeros. */
function cutInputs(model: ModelConfiguration, { count, inputs }: Examples, cut: Cut): LayerInputs {
  const width = readsTokens(model) ? 1 : model.inputSize;
  if (model.inputAt !== 'first-step') return columns(inputs, count, width, cut);
  const all = new Float64Array(cut.steps * cut.rows.length * width);
  if (cut.from === 0) all.set(columns(inputs, count, width, { ...cut, steps: 1 }));
  return all;
}

/** Rows and time steps of `[steps, count, width]`; numbers become float64, tokens stay. */
function columns(
  values: Float32Array | Uint32Array,
  count: number,
  width: number,
  { rows, from, steps }: Cut,
): LayerInputs {
  const length = steps * rows.length * width;
  const taken = values instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
  for (let t = 0; t < steps; t++) {
    rows.forEach((row, b) => {
      const at = ((from + t) * count + row) * width;
      taken.set(values.subarray(at, at + width), (t * rows.length + b) * width);
    });
  }
  return taken;
}
