import { Segmented } from '../controls/Segmented.tsx';
import { Select } from '../controls/Select.tsx';
import { count } from '../controls/format.ts';
import type { ImportChoices, ImportReport } from '../data/types.ts';
import type { ChoicesChange } from './useImport.ts';

interface ChoicesProps {
  readonly report: ImportReport;
  /** What the reader chose so far. */
  readonly choices: ImportChoices;
  readonly onChoose: (change: ChoicesChange) => void;
}

const header = [
  { value: 'names', label: 'Names' },
  { value: 'values', label: 'Values' },
] as const;

const missing = [
  { value: 'skip', label: 'Leave their windows out' },
  { value: 'interpolate', label: 'Draw a straight line' },
  { value: 'previous', label: 'Repeat the value before' },
] as const;

const unreadable = [
  { value: 'refuse', label: 'Refuse it' },
  { value: 'missing', label: 'Count it as missing' },
] as const;

const marks = { point: 'Point: 1.5', comma: 'Comma: 1,5' } as const;

/** How the table is to be understood. */
export function ChoiceControls({ report, choices, onChoose }: ChoicesProps) {
  const taken = report.choices;
  const sure = choices.decimal === undefined && report.problem === undefined;
  const found = sure ? `As found: ${taken.decimal}` : 'As found';
  const columns = report.columns.map(({ index, name, kind, numbers }) => ({
    value: String(index),
    label: kind === 'numbers' ? `${name}, ${count(numbers)} numbers` : `${name}, ${kind ?? 'text'}`,
  }));
  return (
    <div className="import-choices">
      <Select
        label="Column"
        value={String(taken.column)}
        options={columns}
        onChange={(column) => onChoose({ column: Number(column) })}
      />
      <Select
        label="Decimal mark"
        value={choices.decimal ?? 'found'}
        options={[
          { value: 'found', label: found },
          { value: 'point', label: marks.point },
          { value: 'comma', label: marks.comma },
        ]}
        onChange={(mark) => onChoose({ decimal: mark === 'found' ? undefined : mark })}
      />
      <Select
        label="Missing values"
        value={taken.missing}
        options={missing}
        onChange={(missing) => onChoose({ missing })}
      />
      <Select
        label="Text among the numbers"
        value={taken.unreadable ?? 'refuse'}
        options={unreadable}
        onChange={(unreadable) => onChoose({ unreadable })}
      />
      <Segmented
        label="The first row holds"
        value={taken.header ? 'names' : 'values'}
        choices={header}
        onChange={(held) => onChoose({ header: held === 'names' })}
      />
    </div>
  );
}
