import { useId } from 'react';
import './controls.css';

interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
  readonly stale?: boolean;
}

/** One of several choices: the browser's own list, in the page's clothes. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, stale } = props;
  const id = useId();
  return (
    <div className="control select" data-stale={stale || undefined}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
