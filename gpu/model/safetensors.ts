/**
 * The safetensors container (https://huggingface.co/docs/safetensors), float32 only: 8 bytes little-endian length N of the
 * header, N bytes of JSON, then the tensors' bytes, little-endian, row by row. The header maps each tensor's name to
 * its dtype, shape and `data_offsets` in bytes from the end of the header; `__metadata__` maps strings to strings.
 */
import { ConfigurationError } from './errors.ts';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** Longer headers are refused unread: a header has about 100 bytes a tensor. */
const LONGEST_HEADER = 1_000_000;

export function writeTensors({ metadata, tensors }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const begin = end;
    end += values.length * Float32Array.BYTES_PER_ELEMENT;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces, so that the tensors begin at a multiple of eight bytes.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const dataStart = LENGTH_BYTES + headerLength;
  const file = new Uint8Array(dataStart + end).fill(0x20, LENGTH_BYTES, dataStart);
  file.set(text, LENGTH_BYTES);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  let at = dataStart;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += Float32Array.BYTES_PER_ELEMENT;
    }
  }
  return file;
}

/** @throws ConfigurationError where the file is not as described above. */
export function readTensors(file: Uint8Array): TensorFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataStart = LENGTH_BYTES + headerLengthOf(view);
  const header = headerOf(file.subarray(LENGTH_BYTES, dataStart));
  const { [METADATA]: metadata = {}, ...entries } = header;
  requireStrings(metadata);
  const tensors = new Map<string, Tensor>();
  const dataLength = file.byteLength - dataStart;
  let covered = 0;
  for (const { name, shape, begin, end } of entriesOf(entries)) {
    const field = `checkpoint.${name}.data_offsets`;
    if (end > dataLength) {
      throw new ConfigurationError(
        field,
        `ends at byte ${end}, but the file has ${dataLength} bytes of values: it is cut short.`,
      );
    }
    if (begin !== covered) {
      const how = begin < covered ? 'overlaps the tensor before' : 'leaves a gap after the tensor before';
      throw new ConfigurationError(field, `begins at byte ${begin} and ${how}; it must begin at ${covered}.`);
    }
    covered = end;
    const values = Float32Array.from({ length: (end - begin) / 4 }, (_, index) =>
      view.getFloat32(dataStart + begin + 4 * index, true),
    );
    tensors.set(name, { shape, values });
  }
  if (covered !== dataLength) {
    throw new ConfigurationError(
      'checkpoint',
      `has ${dataLength} bytes of values, but its tensors take ${covered}; there must be none left over.`,
    );
  }
  return { metadata, tensors };
}

function headerLengthOf(view: DataView): number {
  if (view.byteLength < LENGTH_BYTES + 2) {
    throw new ConfigurationError(
      'checkpoint',
      `has ${view.byteLength} bytes; a safetensors file has at least ${LENGTH_BYTES + 2}.`,
    );
  }
  const length = view.getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw new ConfigurationError(
      'checkpoint',
      'is not a saved run, which begins as a safetensors file does. Choose a file ending in .safetensors that was saved here.',
    );
  }
  if (length > BigInt(view.byteLength - LENGTH_BYTES)) {
    throw new ConfigurationError(
      'checkpoint.header',
      `should have ${length} bytes, but the file ends after ${view.byteLength - LENGTH_BYTES}: it is cut short, or is not a saved run.`,
    );
  }
  return Number(length);
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ConfigurationError(
      'checkpoint.header',
      'is not JSON in UTF-8, as that of a safetensors file must be.',
    );
  }
  if (!isRecord(header)) {
    throw new ConfigurationError('checkpoint.header', 'is not a JSON object, as it must be.');
  }
  return header;
}

function requireStrings(metadata: unknown): asserts metadata is Record<string, string> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) return;
  throw new ConfigurationError(`checkpoint.${METADATA}`, 'must map names to strings.');
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The tensors' entries in the order of their bytes. */
function entriesOf(header: Record<string, unknown>): Entry[] {
  const entries = Object.entries(header).map(([name, entry]) => {
    const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
    if (dtype !== 'F32') {
      throw new ConfigurationError(
        `checkpoint.${name}.dtype`,
        `is ${JSON.stringify(dtype)}; only "F32" is allowed.`,
      );
    }
    if (!isSizes(shape)) {
      throw new ConfigurationError(`checkpoint.${name}.shape`, 'must be a list of whole numbers from 0.');
    }
    const [begin, end] = isSizes(offsets) && offsets.length === 2 ? offsets : [];
    const bytes = shape.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
    if (begin === undefined || end === undefined || end - begin !== bytes) {
      throw new ConfigurationError(
        `checkpoint.${name}.data_offsets`,
        `must be two byte positions ${bytes} apart, the size of shape [${shape.join(', ')}] in float32.`,
      );
    }
    return { name, shape, begin, end };
  });
  return entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
