import type { ReactNode } from 'react';
import type { CostReport, CostRow, PartCost } from '../worker/protocol.ts';
import {
  amount,
  type CostLine,
  measuredLines,
  parts as partWords,
  plannedLines,
  kinds,
} from './CostWords.ts';

interface CostTableProps {
  readonly report: CostReport;
}

/** What an iteration takes, a column for each kind of kernels: first what is known, then what was measured. */
export function CostTable({ report }: CostTableProps) {
  return (
    <Table caption="An iteration, by the kernels of its time steps" report={report}>
      <Lines rows={report.rows} lines={plannedLines} />
      <Lines rows={report.rows} lines={measuredLines(report)} />
    </Table>
  );
}

/** The device's microseconds of each part; its marks are those of the bars. */
export function PartsTable({ report }: CostTableProps) {
  const parts = partsOf(report);
  const lines = parts.map((part): CostLine => ({
    name: partWords[part].name,
    unit: 'µs',
    value: ({ parts: own }) => own.find((cost) => cost.part === part)?.microseconds,
  }));
  return (
    <Table caption="The device’s time in an iteration, by part" report={report} captioned={false}>
      <Lines rows={report.rows} lines={lines} marks={parts} />
    </Table>
  );
}

/** Those of all kinds of kernels, in the order of an iteration. */
function partsOf({ rows }: CostReport): PartCost['part'][] {
  return [...new Set(rows.flatMap(({ parts }) => parts.map(({ part }) => part)))];
}

interface TableProps extends CostTableProps {
  readonly caption: string;
  /** Whether the caption is seen: otherwise something beside it says it already. Default: yes. */
  readonly captioned?: boolean;
  readonly children: ReactNode;
}

function Table({ caption, captioned = true, report, children }: TableProps) {
  return (
    <table>
      <caption className={captioned ? undefined : 'visually-hidden'}>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Quantity</span>
          </th>
          {report.rows.map(({ kind, taken }) => (
            <th key={kind} scope="col" data-taken={taken || undefined}>
              {kinds[kind].name}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}

interface LinesProps {
  readonly rows: readonly CostRow[];
  readonly lines: readonly CostLine[];
  /** A mark of its own before each. */
  readonly marks?: readonly PartCost['part'][];
}

function Lines({ rows, lines, marks }: LinesProps) {
  return (
    <tbody>
      {lines.map(({ name, unit, value }, index) => (
        <tr key={name}>
          <th scope="row" data-part={marks?.[index]}>
            {name}
            {unit && <span className="unit">, {unit}</span>}
          </th>
          {rows.map((row) => (
            <td key={row.kind} data-taken={row.taken || undefined}>
              {amount(value(row))}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
