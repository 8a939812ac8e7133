/** The arrays of examples, by the names of the buffers that a batch of them fills. */
import type { BufferSizes } from '../device/buffers.ts';
import type { ModelConfiguration, StackConfiguration } from '../model/configuration.ts';
import type { Examples } from '../model/engine.ts';
import { outputSteps, outputWidth, readsTokens } from '../model/shape.ts';

/** `[steps, N, width]` words; in a batch `[fillSteps, B, width]`, zeros from `steps` on. */
export interface Field {
  /** Of the batch's buffer, such as `inputs`. */
  readonly name: string;
  readonly values: Float32Array | Uint32Array;
  readonly steps: number;
  readonly fillSteps: number;
  readonly width: number;
}

/** What the examples of a model consist of. They are valid: see `validateExamples`. */
export function fieldsOf(model: ModelConfiguration, examples: Examples): Field[] {
  const { steps, inputs, targets, lengths, mask, vectors, source } = examples;
  const inputSteps = model.inputAt === 'first-step' ? 1 : steps;
  const outputs = outputSteps(model, steps);
  const classes = model.head === 'softmax';
  const fields: (Field | false)[] = [
    field('inputs', inputs, inputSteps, inputWidth(model), steps),
    field('targets', targets, outputs, classes ? 1 : outputWidth(model)),
    lengths !== undefined && field('lengths', lengths, 1, 1),
    mask !== undefined && field('mask', mask, outputs, 1),
    vectors !== undefined && field('vectors', vectors, 1, model.vectorSize!),
    source !== undefined && field('encoder.inputs', source.inputs, source.steps, inputWidth(model.encoder!)),
    source?.lengths !== undefined && field('encoder.lengths', source.lengths, 1, 1),
  ];
  return fields.filter((item) => item !== false);
}

function field(
  name: string,
  values: Field['values'],
  steps: number,
  width: number,
  fillSteps = steps,
): Field {
  return { name, values, steps, fillSteps, width };
}

function inputWidth(stack: StackConfiguration): number {
  return readsTokens(stack) ? 1 : stack.inputSize;
}

/** What the recordings of a run depend on, besides sizes. */
export function conditionsOf(examples: Examples): {
  lengths: boolean;
  sourceLengths: boolean;
  masked: boolean;
  sourceSteps: number;
} {
  const { lengths, mask, source } = examples;
  return {
    lengths: lengths !== undefined,
    sourceLengths: source?.lengths !== undefined,
    masked: mask !== undefined,
    sourceSteps: source?.steps ?? 0,
  };
}

/** Buffers that hold whole sets of examples: `data.inputs` and so on. */
export function dataSizes(fields: readonly Field[]): BufferSizes {
  return Object.fromEntries(fields.map(({ name, values }) => [`data.${name}`, values.length]));
}

/** One array after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** [n, width], each of the n for so many rows: [n, rows, width]. The words are those given, of either kind. */
export function repeated(
  values: Float32Array | Uint32Array,
  width: number,
  rows: number,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const result = new Uint32Array(words.length * rows);
  for (let at = 0; at < words.length; at += width) {
    for (let row = 0; row < rows; row += 1) {
      result.set(words.subarray(at, at + width), at * rows + row * width);
    }
  }
  return result;
}
