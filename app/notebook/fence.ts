/** One live fence: its YAML read, checked, and each problem brought to the line on which it stands. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { LiveCell, NotebookCell, Problem, ProblemCell } from './document.ts';
import { nearest } from './nearest.ts';
import { checkFence, type FieldProblem } from './problems.ts';
import { fenceSchemas, type FenceKind } from './schema.ts';

const fenceKinds = Object.keys(fenceSchemas) as FenceKind[];

const OPENING = /^ {0,3}(`{3,}|~{3,})[ \t]*(\S*).*$/;

/** The parts of a fence's text: the opening line, the YAML between, and the rest from the closing line on. */
function fenceParts(text: string): { kind: string; opening: string; yaml: string; closing: string } {
  const lines = text.split('\n');
  const [, mark = '```', kind = ''] = OPENING.exec(lines[0] ?? '') ?? [];
  const closes = (line: string) => line.trim().startsWith(mark) && /^(`+|~+)$/.test(line.trim());
  const end = lines.findIndex((line, index) => index > 0 && closes(line));
  const last = end < 0 ? lines.length : end;
  return {
    kind,
    opening: `${lines[0] ?? ''}\n`,
    yaml: lines
      .slice(1, last)
      .map((line) => `${line}\n`)
      .join(''),
    closing: lines.slice(last).join('\n'),
  };
}

/** Whether a code block of this language and content is meant to be live; other code is only shown. */
export function looksLive(language: string, content: string): boolean {
  if (nearest(language, fenceKinds) !== undefined) return true;
  const plain = language === '' || language === 'yaml' || language === 'yml';
  return !plain && /^id:\s/m.test(content) && /^title:\s/m.test(content);
}

/** Reads a fence; a bad one becomes a cell that says what is wrong, under `fallbackId` where its own cannot be read. */
export function parseFence(text: string, fallbackId: string): LiveCell | ProblemCell {
  const { kind, yaml, closing } = fenceParts(text);
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const named = {
    id: textAt(document, 'id') ?? fallbackId,
    title: textAt(document, 'title') ?? `This ${kind} cannot run`,
  };
  const refuse = (problems: readonly Problem[]): ProblemCell => ({
    kind: 'problem',
    ...named,
    text,
    problems,
  });
  const whole = (message: string): ProblemCell => refuse([{ line: 1, field: '', message }]);

  if (!closing) return whole('The fence is never closed. A line of three backticks must end it.');
  if (!isFenceKind(kind)) return whole(unknownKind(kind));
  if (document.errors.length > 0) {
    return refuse(
      document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line + 1,
        field: '',
        message: `This is not YAML: ${sentence(error.message)}`,
      })),
    );
  }
  if (!isMap(document.contents)) return whole('Its content must be lines of the form `field: value`.');

  const value = plainValue(document);
  if (value instanceof Error)
    return whole(`This is not YAML as a fence may hold: ${sentence(value.message)}`);
  const checked = checkFence(kind, value);
  if ('problems' in checked) {
    const problems = checked.problems.map((problem) => placed(problem, document, lines));
    return refuse(problems.toSorted((a, b) => a.line - b.line));
  }
  const { fence } = checked;
  return { kind, id: fence.id, title: fence.title, text, fence } as LiveCell;
}

/** The same fence with one field set, comments and order kept. `path` is such as `train.rate`. */
export function withField(cell: NotebookCell, path: string, value: unknown): NotebookCell {
  const { opening, yaml, closing } = fenceParts(cell.text);
  const document = parseDocument(yaml);
  document.setIn(path.split('.'), value);
  return parseFence(opening + document.toString({ lineWidth: 0 }) + closing, cell.id);
}

/** Puts a field's problem where the field, or what should hold it, stands. */
export function problemAt(cell: NotebookCell, field: string, message: string): ProblemCell {
  const lines = new LineCounter();
  const document = parseDocument(fenceParts(cell.text).yaml, { lineCounter: lines });
  const { id, title, text } = cell;
  return {
    kind: 'problem',
    id,
    title,
    text,
    problems: [placed({ path: [field], message }, document, lines)],
  };
}

function placed(problem: FieldProblem, document: Document, lines: LineCounter): Problem {
  const offset = offsetOf(document, problem.path);
  const line = offset === undefined ? 1 : lines.linePos(offset).line + 1;
  return { line, field: problem.path.join('.'), message: problem.message };
}

/** Where the deepest part of a path that exists begins in the YAML. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      offset = (pair?.key as Node | undefined)?.range?.[0] ?? offset;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function textAt(document: Document, field: string): string | undefined {
  const value: unknown = isMap(document.contents) ? document.get(field) : undefined;
  return typeof value === 'string' && value.trim() !== '' && value.length <= 80 ? value : undefined;
}

function isFenceKind(kind: string): kind is FenceKind {
  return (fenceKinds as string[]).includes(kind);
}

function unknownKind(kind: string): string {
  const meant = nearest(kind, fenceKinds);
  const advice = meant ? ` Did you mean \`${meant}\`?` : '';
  return `There is no notebook cell of kind \`${kind}\`.${advice} Kinds are ${fenceKinds.map((name) => `\`${name}\``).join(' and ')}.`;
}

function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
