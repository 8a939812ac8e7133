import type { ProblemCell } from './document.ts';

interface ProblemViewProps {
  readonly cell: ProblemCell;
  /** Line of the document on which the cell begins. */
  readonly firstLine: number;
}

/** A fence that cannot run: what is wrong, on which line of the document, and the fence as written. */
export function ProblemView({ cell, firstLine }: ProblemViewProps) {
  const wrong = new Set(cell.problems.map((problem) => problem.line));
  return (
    <>
      <div className="bar">
        <h2>{cell.title}</h2>
      </div>
      <div className="why">
        <ul>
          {cell.problems.map((problem) => (
            <li key={`${problem.line} ${problem.field} ${problem.message}`}>
              <span className="where">Line {firstLine + problem.line - 1}:</span>{' '}
              {problem.field && <code>{problem.field}</code>} <Marked text={problem.message} />
            </li>
          ))}
        </ul>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus */}
        <pre tabIndex={0}>
          {cell.text
            .trimEnd()
            .split('\n')
            .map((line, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- lines have no other name than their number
              <div key={index} className="source-line" data-wrong={wrong.has(index + 1) || undefined}>
                <span className="source-number">{firstLine + index}</span>
                {line}
              </div>
            ))}
        </pre>
      </div>
    </>
  );
}

/** A message in which what stands between backticks is code. */
function Marked({ text }: { readonly text: string }) {
  // oxlint-disable-next-line react/no-array-index-key -- parts have no other name than their place
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
