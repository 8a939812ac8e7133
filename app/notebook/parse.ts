/** From Markdown to a document: split at the live fences, each piece read alone. */
import type { RootContent } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { NotebookCell, NotebookDocument, Problem, ProseCell } from './document.ts';
import { looksLive, parseFence, problemAt } from './fence.ts';
import { nearest } from './nearest.ts';
import { nestingProblem } from './nesting.ts';

const markdown = unified().use(remarkParse).use(remarkGfm).use(remarkMath).freeze();

/** Reads a notebook. Never throws: what cannot run becomes a cell that says why. */
export function parseDocument(source: string): NotebookDocument {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const tooDeep = nestingProblem(text);
  if (tooDeep) return unreadable(text, tooDeep);
  const pieces = split(text);
  const taken = new Set<string>();
  const cells: NotebookCell[] = [];
  // Fences first: their ids are given by the author, those of prose give way.
  pieces.forEach((piece, index) => {
    if (piece.live) cells[index] = distinct(parseFence(piece.text, `cell-${index + 1}`), taken);
  });
  pieces.forEach((piece, index) => {
    if (!piece.live) cells[index] = prose(piece.text, piece.nodes, taken);
  });
  const headings = pieces.flatMap((piece) => piece.nodes).filter((node) => node.type === 'heading');
  const title = headings.find((node) => node.depth === 1) ?? headings[0];
  return { title: title ? plainText(title) : 'Untitled notebook', cells };
}

/** A document that is one cell, which says why it cannot be read. */
function unreadable(text: string, problem: Problem): NotebookDocument {
  const title = 'This notebook cannot be read';
  return { title, cells: [{ kind: 'problem', id: 'text', title, text, problems: [problem] }] };
}

/** What another cell is, by `lesson#id`, as far as it is known. */
export type LookUp = (lesson: string) => NotebookDocument | undefined;

/** The document with every `from` checked; a reference to nothing is a problem in its place. */
export function checkReferences(
  document: NotebookDocument,
  lookUp: LookUp,
  lessons: readonly string[],
): NotebookDocument {
  const cells = document.cells.map((cell) => {
    if (cell.kind !== 'generate') return cell;
    const problem = referenceProblem(cell.fence.from, lookUp, lessons);
    return problem ? problemAt(cell, 'from', problem) : cell;
  });
  return { ...document, cells };
}

/** The lessons that a document's cells refer to. */
export function referredLessons(document: NotebookDocument): string[] {
  const slugs = document.cells.flatMap((cell) =>
    cell.kind === 'generate' ? cell.fence.from.split('#')[0]! : [],
  );
  return [...new Set(slugs)];
}

function referenceProblem(from: string, lookUp: LookUp, lessons: readonly string[]): string | undefined {
  const [lesson = '', id = ''] = from.split('#');
  const target = lookUp(lesson);
  if (!target) return `names no lesson: there is no \`${lesson}\`.${did(nearest(lesson, lessons))}`;
  const experiments = target.cells.filter((cell) => cell.kind === 'experiment').map((cell) => cell.id);
  if (experiments.includes(id)) return undefined;
  const names = experiments.map((name) => `\`${lesson}#${name}\``).join(', ') || 'none';
  const meant = nearest(id, experiments);
  return `names no experiment: \`${lesson}\` has no \`${id}\` that trains.${did(meant && `${lesson}#${meant}`)} Its experiments: ${names}.`;
}

function did(meant: string | undefined): string {
  return meant ? ` Did you mean \`${meant}\`?` : '';
}

interface Piece {
  live: boolean;
  text: string;
  nodes: RootContent[];
}

/** The document's pieces in order; joined they are the document, blank lines kept with the piece before them. */
function split(text: string): Piece[] {
  const root = markdown.parse(text);
  const starts: { offset: number; live: boolean; nodes: RootContent[] }[] = [];
  for (const node of root.children) {
    const live = node.type === 'code' && looksLive(node.lang ?? '', node.value);
    const open = starts.at(-1);
    if (open && !open.live && !live) open.nodes.push(node);
    else starts.push({ offset: node.position!.start.offset!, live, nodes: [node] });
  }
  if (starts[0]) starts[0].offset = 0;
  return starts.map(({ offset, live, nodes }, index) => ({
    live,
    nodes: live ? [] : nodes,
    text: text.slice(offset, starts[index + 1]?.offset),
  }));
}

function prose(text: string, nodes: readonly RootContent[], taken: Set<string>): ProseCell {
  const heading = nodes.find((node) => node.type === 'heading');
  const title = heading ? plainText(heading) : openingWords(nodes);
  const id = free(heading ? slug(title) : 'text', taken);
  const sections = nodes.filter((node) => node.type === 'heading' && node.depth === 2).map(plainText);
  return { kind: 'prose', id, title, text, sections };
}

/** A fence keeps its id; a second one of the same id is a problem, under an id of its own. */
function distinct(cell: NotebookCell, taken: Set<string>): NotebookCell {
  if (!taken.has(cell.id)) {
    taken.add(cell.id);
    return cell;
  }
  const message = `is \`${cell.id}\`, which an earlier cell already has. Every id must be unique in its document.`;
  return { ...problemAt(cell, 'id', message), id: free(cell.id, taken) };
}

function free(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}

function slug(title: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-');
  return words.replaceAll(/^-+|-+$/g, '') || 'text';
}

function openingWords(nodes: readonly RootContent[]): string {
  const words = nodes.map(plainText).join(' ').trim().split(/\s+/);
  return words.length > 7 ? `${words.slice(0, 7).join(' ')} …` : words.join(' ') || 'Text';
}

function plainText(node: RootContent): string {
  if ('children' in node) return (node.children as RootContent[]).map(plainText).join('');
  return 'value' in node && node.type !== 'html' ? node.value : '';
}
