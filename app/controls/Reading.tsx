import { plainNumber } from './format.ts';
import './controls.css';

interface ReadingProps {
  /** The accessible name, unique in the page. */
  readonly label: string;
  readonly value: number | null | undefined;
  /** Significant digits of what is not a whole number. */
  readonly digits?: number;
}

/** One plain number that changes by itself, or `–`; never announced, but found by its name. */
export function Reading({ label, value, digits = 3 }: ReadingProps) {
  return (
    <output className="reading" aria-live="off" aria-label={label}>
      {plainNumber(value, digits)}
    </output>
  );
}
