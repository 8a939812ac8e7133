import { useId, useState } from 'react';
import { settingNumber } from './format.ts';
import './controls.css';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  readonly onCommit: (value: number) => void;
  readonly disabled?: boolean;
  readonly stale?: boolean;
}

/** A number typed in, taken on Enter or on leaving the field. What cannot be taken stays, with what is allowed said. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, min, max, whole = false, onCommit, disabled, stale } = props;
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const problem = draft === null ? '' : numberProblem(draft, { min, max, whole });

  const commit = () => {
    if (draft === null || problem) return;
    setDraft(null);
    if (Number(draft) !== value) onCommit(Number(draft));
  };

  return (
    <div className="control number" data-stale={stale || undefined}>
      <label htmlFor={id}>{label}</label>
      <span className="field">
        <input
          id={id}
          type="text"
          inputMode={whole ? 'numeric' : 'decimal'}
          autoComplete="off"
          value={draft ?? settingNumber(value, 12)}
          disabled={disabled}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
      </span>
      {problem && (
        <span className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

/** Why a text is not an allowed number, and what is; empty where it is one. */
function numberProblem(text: string, allowed: { min: number; max: number; whole: boolean }): string {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const inRange = value >= allowed.min && value <= allowed.max;
  if (inRange && (!allowed.whole || Number.isInteger(value))) return '';
  const kind = allowed.whole ? 'A whole number' : 'A number';
  return `${kind} from ${settingNumber(allowed.min, 12)} to ${settingNumber(allowed.max, 12)}.`;
}
