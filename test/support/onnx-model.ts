/**
 * ONNX models of one node, written as protobuf. Everything the node reads is an input of the graph, so that a model
 * says nothing but operator and attributes. Field numbers are those of onnx.proto (ONNX IR version 8).
 */

/** By name: a whole number, or a list of texts. */
export type OnnxAttributes = Readonly<Record<string, number | string | readonly string[]>>;

export interface OnnxInput {
  readonly name: string;
  readonly type: 'float' | 'int32';
}

export interface OnnxNode {
  /** Such as `LSTM`. */
  readonly operator: string;
  readonly attributes: OnnxAttributes;
  /** In the operator's order; null where an optional one is left out. */
  readonly inputs: readonly (OnnxInput | null)[];
  /** Names, in the operator's order; all are float. */
  readonly outputs: readonly string[];
}

/** The operator set in which RNN, LSTM and GRU were last changed before 22, which only adds number types. */
const OPERATOR_SET = 14;
const ELEMENT_TYPES = { float: 1, int32: 6 };
const ATTRIBUTE_TYPES = { whole: 2, text: 3, texts: 8 };

/** The bytes of a ModelProto. */
export function onnxModel({ operator, attributes, inputs, outputs }: OnnxNode): Uint8Array {
  const node = [
    ...inputs.flatMap((input) => text(1, input?.name ?? '')),
    ...outputs.flatMap((output) => text(2, output)),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, attribute(name, value))),
  ];
  const graph = [
    ...message(1, node),
    ...text(2, operator),
    ...inputs.flatMap((input) => (input ? message(11, valueInfo(input)) : [])),
    ...outputs.flatMap((name) => message(12, valueInfo({ name, type: 'float' }))),
  ];
  const operatorSet = [...text(1, ''), ...whole(2, OPERATOR_SET)];
  return Uint8Array.from([...whole(1, 8), ...message(7, graph), ...message(8, operatorSet)]);
}

/** AttributeProto: its type is in field 20. */
function attribute(name: string, value: number | string | readonly string[]): number[] {
  if (typeof value === 'number') {
    return [...text(1, name), ...whole(3, value), ...whole(20, ATTRIBUTE_TYPES.whole)];
  }
  if (typeof value === 'string') {
    return [...text(1, name), ...text(4, value), ...whole(20, ATTRIBUTE_TYPES.text)];
  }
  return [...text(1, name), ...value.flatMap((item) => text(9, item)), ...whole(20, ATTRIBUTE_TYPES.texts)];
}

/** ValueInfoProto of a tensor whose shape is left open. */
function valueInfo({ name, type }: OnnxInput): number[] {
  const tensorType = whole(1, ELEMENT_TYPES[type]);
  return [...text(1, name), ...message(2, message(1, tensorType))];
}

/** A field of wire type 0. */
function whole(field: number, value: number): number[] {
  return [...varint(field << 3), ...varint(value)];
}

/** A field of wire type 2. */
function message(field: number, bytes: readonly number[]): number[] {
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

/** Seven bits to a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
