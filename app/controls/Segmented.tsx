import { useId } from 'react';
import './controls.css';

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface SegmentedProps<Value extends string> {
  /** The group's name; shown above the choices unless `hideLabel`. */
  readonly label: string;
  readonly hideLabel?: boolean;
  /** The choices stand beside the label instead of under it. */
  readonly inline?: boolean;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  /** Marks a value that waits for a reset. */
  readonly stale?: boolean;
}

/** A few choices side by side, one of them taken: radio buttons, so one tab stop and arrow keys. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, hideLabel, inline, value, choices, onChange, stale } = props;
  const name = useId();
  return (
    <fieldset className={`control segmented${inline ? ' inline' : ''}`} data-stale={stale || undefined}>
      <legend className={hideLabel ? 'visually-hidden' : undefined}>{label}</legend>
      <div className="seg">
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
