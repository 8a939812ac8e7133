import { useCallback, useRef, useState } from 'react';
import type { ImportChoices, ImportReport } from '../data/types.ts';

/** Reads a file or pasted text: `importSeries` of the worker's runtime. */
export type ImportSeries = (
  name: string,
  content: Blob | string,
  choices: ImportChoices,
) => Promise<ImportReport>;

/** A change of choices; undefined leaves one open again. */
export type ChoicesChange = { readonly [Name in keyof ImportChoices]?: ImportChoices[Name] | undefined };

interface Content {
  readonly name: string;
  readonly content: Blob | string;
}

interface ImportState {
  /** What is being read, or was. */
  readonly content: Content | null;
  /** What the reader chose; the rest is found out. */
  readonly choices: ImportChoices;
  /** The last report on this content, kept while it is read again. */
  readonly report: ImportReport | null;
  /** Why nothing could be read; empty otherwise. */
  readonly error: string;
  readonly busy: boolean;
}

const NOTHING: ImportState = { content: null, choices: {}, report: null, error: '', busy: false };

export interface Import extends ImportState {
  /** Reads other content, with nothing chosen. */
  readonly take: (name: string, content: Blob | string) => void;
  /** Reads the same again with other choices. */
  readonly choose: (change: ChoicesChange) => void;
  readonly clear: () => void;
}

/** The reading of one file after another; an answer that came too late is dropped. */
export function useImport(importSeries: ImportSeries): Import {
  const [state, setState] = useState(NOTHING);
  const latest = useRef(0);

  const read = useCallback(
    async (content: Content, choices: ImportChoices, report: ImportReport | null) => {
      const turn = ++latest.current;
      setState({ content, choices, report, error: '', busy: true });
      let next: ImportState;
      try {
        const found = await importOrForgetColumn(importSeries, content, choices);
        next = { content, choices, report: found, error: '', busy: false };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        next = { content, choices, report, error: message, busy: false };
      }
      if (turn === latest.current) setState(next);
    },
    [importSeries],
  );
  const take = useCallback(
    (name: string, content: Blob | string) => void read({ name, content }, {}, null),
    [read],
  );
  return {
    ...state,
    take,
    choose: (change) =>
      state.content && void read(state.content, withChange(state.choices, change), state.report),
    clear: () => {
      latest.current++;
      setState(NOTHING);
    },
  };
}

function withChange(choices: ImportChoices, change: ChoicesChange): ImportChoices {
  const entries = Object.entries({ ...choices, ...change });
  return Object.fromEntries(entries.filter(([, chosen]) => chosen !== undefined));
}

/** Another decimal mark can change the number of columns: a column that is gone is looked for anew. */
async function importOrForgetColumn(
  importSeries: ImportSeries,
  { name, content }: Content,
  choices: ImportChoices,
): Promise<ImportReport> {
  try {
    return await importSeries(name, content, choices);
  } catch (error) {
    const columnGone = error instanceof Error && 'field' in error && error.field === 'column';
    if (!columnGone || choices.column === undefined) throw error;
    const { column: _, ...rest } = choices;
    return importSeries(name, content, rest);
  }
}
