import { type CSSProperties, useEffect, useId, useRef, useState } from 'react';
import { settingNumber } from './format.ts';
import type { Scale } from './scale.ts';
import './controls.css';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly scale: Scale;
  /** How the value is written, its unit included; digits as needed where left out. */
  readonly text?: (value: number) => string;
  /** While the thumb moves: for settings that are cheap to change. */
  readonly onMove?: (value: number) => void;
  /** When the thumb is let go, and at each arrow key. */
  readonly onCommit?: (value: number) => void;
  readonly disabled?: boolean;
  /** Marks a value that waits for a reset. */
  readonly stale?: boolean;
}

/** A labelled slider that shows its value. Arrow keys move by one position, Page keys by ten, Home and End to the ends. */
export function Slider(props: SliderProps) {
  const { label, value, scale, text = settingNumber, onMove, onCommit, disabled = false, stale } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? value;
  const position = scale.position(shown);

  useCommit(input, (position) => {
    setDragged(null);
    onCommit?.(scale.value(position));
  });

  return (
    <div className="control slider" data-stale={stale || undefined}>
      <label htmlFor={id}>{label}</label>
      <span className="value" aria-hidden="true">
        {text(shown)}
      </span>
      <input
        ref={input}
        id={id}
        type="range"
        min={0}
        max={scale.last}
        step={1}
        value={position}
        disabled={disabled}
        aria-valuetext={stale ? `${text(shown)}, waits for Reset` : text(shown)}
        style={{ '--filled': `${(100 * position) / Math.max(1, scale.last)}%` } as CSSProperties}
        onChange={(event) => {
          const moved = scale.value(Number(event.target.value));
          setDragged(moved);
          onMove?.(moved);
        }}
        onBlur={() => setDragged(null)} // where a drag that ended where it began was no change to the browser
      />
    </div>
  );
}

/** React's onChange is the native `input` event; the native `change`, at the end of a drag, has to be listened to. */
function useCommit(input: React.RefObject<HTMLInputElement | null>, commit: (position: number) => void) {
  const latest = useRef(commit);
  useEffect(() => {
    latest.current = commit;
  });
  useEffect(() => {
    const element = input.current;
    if (!element) return undefined;
    const listener = () => latest.current(Number(element.value));
    element.addEventListener('change', listener);
    return () => element.removeEventListener('change', listener);
  }, [input]);
}
