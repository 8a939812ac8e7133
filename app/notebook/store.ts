/** The open documents and where the reader is in each. Documents are values; what runs lives in the worker. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { lessons, lessonText } from '../lessons/index.ts';
import { cellOf, neighbour, replaceCell, startingCell, type NotebookDocument } from './document.ts';
import { withField } from './fence.ts';
import { checkReferences, parseDocument, referredLessons } from './parse.ts';
import type { ExperimentFence } from './schema.ts';

interface NotebookState {
  /** By slug; null where there is no such lesson. */
  readonly documents: Readonly<Record<string, NotebookDocument | null>>;
  /** Id of the current cell, by slug. */
  readonly current: Readonly<Record<string, string>>;
}

export const notebookStore = createStore<NotebookState>(() => ({ documents: {}, current: {} }));

/** Opens a lesson and all that its cells refer to, however far, unless they are open already. */
export async function openLesson(slug: string): Promise<void> {
  const read = new Map<string, NotebookDocument | null>();
  for (let wanted = [slug]; wanted.length > 0;) {
    const found = await Promise.all(wanted.map(readLesson));
    wanted.forEach((name, index) => read.set(name, found[index]!));
    const referred = found.flatMap((document) => (document ? referredLessons(document) : []));
    wanted = [...new Set(referred)].filter((name) => !read.has(name));
  }
  const slugs = lessons.map((lesson) => lesson.slug);
  for (const [name, document] of read) {
    const checked = document && checkReferences(document, (other) => read.get(other) ?? undefined, slugs);
    if (documentOf(notebookStore.getState(), name) === undefined) keep(name, checked);
  }
}

/** Makes a cell the current one. */
export function setCurrent(slug: string, id: string): void {
  notebookStore.setState((state) =>
    state.current[slug] === id ? state : { current: { ...state.current, [slug]: id } },
  );
}

/** Id of the cell `by` places from the current one. */
export function idFromCurrent(slug: string, by: number): string | undefined {
  const state = notebookStore.getState();
  const document = documentOf(state, slug);
  return document ? neighbour(document, state.current[slug] ?? '', by) : undefined;
}

/** Writes a setting into the document, such as `train.rate` of the cell `train`. */
export function changeSetting(slug: string, id: string, path: string, value: unknown): void {
  notebookStore.setState((state) => {
    const document = documentOf(state, slug);
    const cell = document && cellOf(document, id);
    if (!document || !cell) return {};
    const changed = replaceCell(document, id, withField(cell, path, value));
    return { documents: { ...state.documents, [slug]: changed } };
  });
}

/** The document of a lesson, followed as it changes. */
export function useDocument(slug: string): NotebookDocument | null | undefined {
  return useStore(notebookStore, (state) => documentOf(state, slug));
}

export function useCurrent(slug: string): string | undefined {
  return useStore(notebookStore, ({ current }) => current[slug]);
}

/** The experiment that `lesson#id` names, as it stands in its document; undefined until that lesson is open. */
export function useExperiment(reference: string): ExperimentFence | undefined {
  const [slug = '', id = ''] = reference.split('#');
  return useStore(notebookStore, (state) => {
    const document = documentOf(state, slug);
    const cell = document ? cellOf(document, id) : undefined;
    return cell?.kind === 'experiment' ? cell.fence : undefined;
  });
}

/** Undefined while it is read, null where there is none. An address may name anything, `constructor` too. */
function documentOf({ documents }: NotebookState, slug: string): NotebookDocument | null | undefined {
  return Object.hasOwn(documents, slug) ? documents[slug] : undefined;
}

const reading = new Map<string, Promise<NotebookDocument | null>>();

/** A lesson as it was written, null where there is none; read once, however many ask. */
function readLesson(slug: string): Promise<NotebookDocument | null> {
  let read = reading.get(slug);
  if (!read) {
    read = lessonText(slug).then((text) => (text === undefined ? null : parseDocument(text)));
    reading.set(slug, read);
  }
  return read;
}

function keep(slug: string, document: NotebookDocument | null): void {
  notebookStore.setState(({ documents, current }) => ({
    documents: { ...documents, [slug]: document },
    current: document ? { ...current, [slug]: startingCell(document) } : current,
  }));
}
