/**
 * The document: what an author wrote, as plain values, apart from anything that runs. Every change is a function from
 * a document to a new one, so that a history, a fork or a link is only a document kept.
 */
import type { ExperimentFence, FenceKind, GenerateFence } from './schema.ts';

/** What is wrong with a fence. */
export interface Problem {
  /** Within the cell's text; 1 is the line that opens the fence. */
  readonly line: number;
  /** Path of the field, such as `train.rate`; empty where the whole fence is meant. */
  readonly field: string;
  /** What is wrong, and what is allowed. */
  readonly message: string;
}

interface CellBase {
  /** Unique in the document. */
  readonly id: string;
  /** The name that the cell's section bears. */
  readonly title: string;
  /** The cell's own piece of the document; the pieces joined are the document. */
  readonly text: string;
}

export interface ProseCell extends CellBase {
  readonly kind: 'prose';
  /** Headings of the second rank, in order: its sections. */
  readonly sections: readonly string[];
}
export interface ExperimentDocumentCell extends CellBase {
  readonly kind: 'experiment';
  readonly fence: ExperimentFence;
}
export interface GenerateDocumentCell extends CellBase {
  readonly kind: 'generate';
  readonly fence: GenerateFence;
}
/** A fence that cannot run; `problems` has at least one. */
export interface ProblemCell extends CellBase {
  readonly kind: 'problem';
  readonly problems: readonly Problem[];
}

export type LiveCell = ExperimentDocumentCell | GenerateDocumentCell;
export type NotebookCell = ProseCell | LiveCell | ProblemCell;

export interface NotebookDocument {
  readonly title: string;
  readonly cells: readonly NotebookCell[];
}

/** The document as Markdown, exactly as it was written. */
export function documentText(document: NotebookDocument): string {
  return document.cells.map((cell) => cell.text).join('');
}

/** Line of the document, from 1, on which a cell begins. */
export function firstLine(document: NotebookDocument, id: string): number {
  let line = 1;
  for (const cell of document.cells) {
    if (cell.id === id) return line;
    line += cell.text.split('\n').length - 1;
  }
  throw new RangeError(`The document has no cell "${id}".`);
}

export function cellOf(document: NotebookDocument, id: string): NotebookCell | undefined {
  return document.cells.find((cell) => cell.id === id);
}

function isLive(cell: NotebookCell): cell is LiveCell {
  const kinds: Record<FenceKind, true> = { experiment: true, generate: true };
  return cell.kind in kinds;
}

/** Where the reader begins: the first cell that runs, or the first of all. */
export function startingCell(document: NotebookDocument): string {
  return (document.cells.find(isLive) ?? document.cells[0])?.id ?? '';
}

/** The cell `by` places after the current one; the ends hold. */
export function neighbour(document: NotebookDocument, current: string, by: number): string {
  const index = document.cells.findIndex((cell) => cell.id === current);
  const last = document.cells.length - 1;
  return document.cells[Math.max(0, Math.min(last, index + by))]?.id ?? current;
}

/** A line of the contents: a live cell, or a section of prose as the number of its heading in the cell. */
export interface OutlineEntry {
  readonly id: string;
  readonly title: string;
  readonly section?: number;
}

/** What the contents list under an open document: all but its opening, which bears the document's own title. */
export function outline(document: NotebookDocument): OutlineEntry[] {
  return document.cells.flatMap((cell, index): OutlineEntry[] => {
    const { id, title } = cell;
    if (cell.kind !== 'prose') return [{ id, title }];
    if (cell.sections.length === 0) return index === 0 ? [] : [{ id, title }];
    return cell.sections.map((title, section) => ({ id, title, section }));
  });
}

/** The document with one cell exchanged for its new version. */
export function replaceCell(document: NotebookDocument, id: string, cell: NotebookCell): NotebookDocument {
  return { ...document, cells: document.cells.map((old) => (old.id === id ? cell : old)) };
}
