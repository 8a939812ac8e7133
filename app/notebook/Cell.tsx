import { memo } from 'react';
import { CellBoundary } from './CellBoundary.tsx';
import type { LiveCell, NotebookCell } from './document.ts';
import { liveView } from './liveView.tsx';
import { ProblemView } from './ProblemView.tsx';
import { Prose } from './Prose.tsx';

const ExperimentCell = liveView(async () => (await import('../cells/ExperimentCell.tsx')).ExperimentCell);
const GenerateCell = liveView(async () => (await import('../cells/GenerateCell.tsx')).GenerateCell);

interface CellProps {
  readonly lesson: string;
  readonly cell: NotebookCell;
  readonly firstLine: number;
  readonly current: boolean;
}

const classNames = {
  prose: 'prose-cell',
  problem: 'live problem-cell',
  experiment: 'live',
  generate: 'live',
};

/** One cell of a notebook: a section that bears its title and takes the focus when it is stepped to or pressed. */
export const Cell = memo(function Cell({ lesson, cell, firstLine, current }: CellProps) {
  return (
    <section
      data-cell={cell.id}
      aria-label={cell.title}
      aria-current={current ? 'step' : undefined}
      className={`cell ${classNames[cell.kind]}${current ? ' current' : ''}`}
      tabIndex={-1}
    >
      <CellBoundary title={cell.title}>
        {cell.kind === 'prose' && <Prose text={cell.text} />}
        {cell.kind === 'problem' && <ProblemView cell={cell} firstLine={firstLine} />}
        {cell.kind === 'experiment' && (
          <ExperimentCell
            lesson={lesson}
            fence={cell.fence}
            current={current}
            waiting={<Skeleton cell={cell} />}
          />
        )}
        {cell.kind === 'generate' && (
          <GenerateCell
            lesson={lesson}
            fence={cell.fence}
            current={current}
            waiting={<Skeleton cell={cell} />}
          />
        )}
      </CellBoundary>
    </section>
  );
});

function Skeleton({ cell }: { readonly cell: LiveCell }) {
  return (
    <div className="cell-skeleton" data-kind={cell.kind}>
      <div className="bar">
        <h2>{cell.title}</h2>
      </div>
    </div>
  );
}
