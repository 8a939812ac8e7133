import { useEffect } from 'react';
import { lessons } from '../lessons/index.ts';
import { Cell } from './Cell.tsx';
import { firstLine, type NotebookDocument } from './document.ts';
import { useCurrent } from './store.ts';
import { useFocusedCell, useNotebookKeys } from './stepping.ts';

interface NotebookProps {
  readonly slug: string;
  readonly notebook: NotebookDocument;
  readonly onHelp: () => void;
}

/** An open notebook: its cells one below the other, the current one marked. */
export function Notebook({ slug, notebook, onHelp }: NotebookProps) {
  const current = useCurrent(slug);
  useNotebookKeys(slug, onHelp);
  useFocusedCell(slug);
  useEffect(() => {
    document.title = `${notebook.title} · Unroll`;
  }, [notebook.title]);
  return (
    <>
      <p className="lesson-number">
        Lesson {lessons.findIndex((lesson) => lesson.slug === slug) + 1} of {lessons.length}
      </p>
      {notebook.cells.map((cell) => (
        <Cell
          key={cell.id}
          lesson={slug}
          cell={cell}
          firstLine={firstLine(notebook, cell.id)}
          current={cell.id === current}
        />
      ))}
      <Pager slug={slug} />
    </>
  );
}

/** The lessons before and after this one. */
function Pager({ slug }: { readonly slug: string }) {
  const index = lessons.findIndex((lesson) => lesson.slug === slug);
  const before = lessons[index - 1];
  const after = lessons[index + 1];
  return (
    <nav className="pager" aria-label="Other lessons">
      {before && (
        <a href={`#/${before.slug}`}>
          <small>Before this</small>
          {before.title}
        </a>
      )}
      {after && (
        <a className="next" href={`#/${after.slug}`}>
          <small>Next</small>
          {after.title}
        </a>
      )}
    </nav>
  );
}
