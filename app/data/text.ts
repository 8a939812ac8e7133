/** The text of a file, a piece at a time. */
import { ImportError, readable } from './errors.ts';

/** The largest file taken, 50 MB. */
const LARGEST_FILE = 50 * 2 ** 20;

/** Bytes read at a time: parsing one piece takes some milliseconds, and between two the worker is free. */
const PIECE = 2 ** 18;

export interface TextPiece {
  readonly text: string;
  readonly last: boolean;
  /** Such as `utf-8`. */
  readonly encoding: string;
}

/**
 * Decodes a file piece by piece; a character is never split. UTF-8, UTF-16 with a byte order mark, and otherwise
 * Windows-1252, which is what older spreadsheets write.
 * @throws ImportError where the file is too large, empty, not text, or has changed or gone meanwhile
 */
export async function* textPieces(file: Blob): AsyncGenerator<TextPiece> {
  if (file.size > LARGEST_FILE) throw tooLarge(file.size);
  if (file.size === 0) throw empty();
  let decoder: TextDecoder | undefined;
  for (let from = 0; from < file.size; from += PIECE) {
    if (from > 0) await nextTask();
    const bytes = await readBytes(file.slice(from, from + PIECE));
    const last = from + PIECE >= file.size;
    decoder ??= new TextDecoder(encodingOf(bytes, last)); // leaves the byte order mark out
    const text = decoder.decode(bytes, { stream: !last });
    if (text.includes('\0')) throw notText();
    yield { text, last, encoding: decoder.encoding };
  }
}

/** Lets whatever else waits, such as a message to the worker, go first. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What is said of a file without a value in it. */
export function empty(): ImportError {
  return new ImportError(
    'content',
    'It is empty. A series is needed: a column of numbers, one row a time step.',
  );
}

async function readBytes(slice: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await slice.arrayBuffer());
  } catch {
    throw new ImportError(
      'content',
      'The file cannot be read: it may have changed, moved or gone since it was chosen. Choose it again.',
    );
  }
}

function encodingOf(start: Uint8Array, whole: boolean): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: !whole });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function tooLarge(bytes: number): ImportError {
  return new ImportError(
    'size',
    `The file has ${megabytes(bytes)} MB; at most ${megabytes(LARGEST_FILE)} MB can be read. Cut it into parts, or ` +
      'leave columns out.',
  );
}

/** Rounded up to a tenth. */
function megabytes(bytes: number): string {
  return readable(Math.ceil((10 * bytes) / 2 ** 20) / 10);
}

function notText(): ImportError {
  return new ImportError(
    'content',
    'This is not a text file. CSV or plain text can be read; a spreadsheet can be saved as CSV.',
  );
}
