/**
 * Unrolls marked loops before WGSL is compiled. Some drivers, the software ones above all, keep an array in registers
 * only where every index is a constant; unrolled, a register tile runs four to six times as fast there. A marked loop
 * is plain WGSL, and right without being unrolled:
 *
 *     // @unroll
 *     for (var r = 0u; r < ROWS; r++) {
 *
 * Bounds are integers or the names of constants.
 */

/** A line of WGSL and where it was written. */
export interface SourceLine {
  readonly text: string;
  readonly file: string;
  /** 1 for the first. */
  readonly line: number;
}

const MARK = /^\s*\/\/ @unroll\s*$/;
const HEADER = /^\s*for \(var (\w+) = (\w+); \1 < (\w+); \1\+\+\) \{\s*$/;

/** @throws Error naming file and line where a marked loop is not of the form above or its bounds are not known. */
export function unroll(lines: readonly SourceLine[], constants: ReadonlyMap<string, number>): SourceLine[] {
  const result: SourceLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (!MARK.test(line.text)) {
      result.push(line);
      continue;
    }
    const header = lines[index + 1];
    const match = header && HEADER.exec(header.text);
    if (!match) throw new Error(`${line.file}:${line.line}: no plain for loop follows "@unroll".`);
    const [, name, first, last] = match as unknown as [string, string, string, string];
    const from = bound(first, constants, header);
    const to = bound(last, constants, header);
    const end = closingLine(lines, index + 1);
    const body = lines.slice(index + 2, end);
    const variable = new RegExp(`\\b${name}\\b`, 'g');
    for (let value = from; value < to; value += 1) {
      const copy = body.map((part) => ({ ...part, text: part.text.replaceAll(variable, `${value}u`) }));
      result.push({ ...header, text: '{' }, ...unroll(copy, constants), { ...header, text: '}' });
    }
    index = end;
  }
  return result;
}

function bound(text: string, constants: ReadonlyMap<string, number>, at: SourceLine): number {
  const value = /^\d+u?$/.test(text) ? Number.parseInt(text, 10) : constants.get(text);
  if (value === undefined) throw new Error(`${at.file}:${at.line}: ${text} is not a known constant.`);
  return value;
}

/** Index of the line that closes the brace opened at the end of line `open`. */
function closingLine(lines: readonly SourceLine[], open: number): number {
  let depth = 0;
  for (let index = open; index < lines.length; index += 1) {
    const code = lines[index]!.text.replace(/\/\/.*/, '');
    for (const character of code) depth += character === '{' ? 1 : character === '}' ? -1 : 0;
    if (depth === 0) return index;
  }
  throw new Error(`${lines[open]!.file}:${lines[open]!.line}: this loop is never closed.`);
}
