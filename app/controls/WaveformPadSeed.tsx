import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { plainNumber, withMinus } from './format.ts';
import { clampTo, drawStroke, pressKey, type PadLimits, type PadPlace } from './WaveformPadEditing.ts';
import { linePath, seedPosition, seedX, valueAt, valueY, type PadLayout } from './WaveformPadGeometry.ts';

interface SeedEditorProps {
  readonly layout: PadLayout;
  /** What the picture shows from bottom to top. */
  readonly limits: PadLimits;
  /** What can be drawn. */
  readonly drawable: PadLimits;
  /** As painted last. */
  readonly seed: Float32Array;
  /** As it is by now: several events may come between two frames. */
  readonly latestSeed: () => Float32Array;
  readonly onDraw: (seed: Float32Array) => void;
  readonly onDragging: (dragging: boolean) => void;
}

// The rules know no group that is one widget: focus stays on it while its active descendant has the slider's part.
/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex */

/**
 * The seed, to be drawn by pointer or set by keys. The group is the one tab stop; its active descendant, a slider
 * that is the chosen point, gives screen readers the keys and says point and value at each change.
 */
export function SeedEditor(props: SeedEditorProps) {
  const { layout, limits, drawable, seed, latestSeed, onDraw } = props;
  const id = useId();
  const [wanted, setChosen] = useState(0);
  const chosen = Math.min(wanted, seed.length - 1);
  const pointer = usePointer({ ...props, onChoose: setChosen });
  const said = `Point ${chosen + 1} of ${seed.length}: ${withMinus(plainNumber(seed[chosen], 3))}`;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const before = { seed: latestSeed(), chosen };
    const next = pressKey(event.key, before, drawable);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    setChosen(next.chosen);
    if (next.seed !== before.seed) onDraw(next.seed);
  };

  return (
    <div
      className="pad-seed"
      role="group"
      aria-label="Seed waveform"
      aria-activedescendant={`${id}-point`}
      tabIndex={0}
      style={{
        left: layout.seedLeft,
        top: layout.top,
        width: layout.seedRight - layout.seedLeft,
        height: layout.bottom - layout.top,
      }}
      onKeyDown={onKeyDown}
      {...pointer}
    >
      <SeedCurve layout={layout} limits={limits} seed={seed} chosen={chosen} said={said} />
      <div
        id={`${id}-point`}
        className="visually-hidden"
        role="slider"
        aria-label="Seed value"
        aria-orientation="vertical"
        aria-valuemin={drawable[0]}
        aria-valuemax={drawable[1]}
        aria-valuenow={seed[chosen] ?? 0}
        aria-valuetext={said}
      />
    </div>
  );
}

interface PointerOptions extends SeedEditorProps {
  readonly onChoose: (index: number) => void;
}

/** Handlers that turn a pointer's path, all of its coalesced events, into strokes; a second finger draws nothing. */
function usePointer(options: PointerOptions) {
  const stroke = useRef<{ readonly pointer: number; end: PadPlace | null } | null>(null);

  /** Draws from the stroke's end along the events. */
  const draw = (element: HTMLElement, events: readonly { clientX: number; clientY: number }[]) => {
    const { layout, limits, drawable, onDraw, onChoose } = options;
    const corner = element.getBoundingClientRect();
    let seed = options.latestSeed();
    let end = stroke.current?.end ?? null;
    for (const event of events) {
      // The pad's own coordinates: the element is but the seed's part of it.
      const x = event.clientX - corner.left + layout.seedLeft;
      const y = event.clientY - corner.top + layout.top;
      const place = {
        position: seedPosition(layout, x, seed.length),
        value: clampTo(drawable, valueAt(layout, limits, y)),
      };
      seed = drawStroke(seed, end ?? place, place);
      end = place;
    }
    if (stroke.current) stroke.current.end = end;
    onChoose(clampTo([0, seed.length - 1], Math.round(end?.position ?? 0)));
    onDraw(seed);
  };

  const release = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerId !== stroke.current?.pointer) return;
    stroke.current = null;
    options.onDragging(false);
  };

  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0 || stroke.current) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      stroke.current = { pointer: event.pointerId, end: null };
      options.onDragging(true);
      draw(event.currentTarget, [event]);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (event.pointerId !== stroke.current?.pointer) return;
      const path = event.nativeEvent.getCoalescedEvents();
      draw(event.currentTarget, path.length > 0 ? path : [event]);
    },
    onPointerUp: release,
    onPointerCancel: release,
    onLostPointerCapture: release,
  };
}

interface SeedCurveProps {
  readonly layout: PadLayout;
  readonly limits: PadLimits;
  readonly seed: Float32Array;
  readonly chosen: number;
  readonly said: string;
}

/** Line, rings and the mark of the chosen point, which shows with the keyboard's focus. */
function SeedCurve({ layout, limits, seed, chosen, said }: SeedCurveProps) {
  const count = seed.length;
  const x = (index: number) => seedX(layout, index, count) - layout.seedLeft;
  const y = (index: number) => valueY(layout, limits, seed[index] ?? 0) - layout.top;
  const spacing = count > 1 ? x(1) - x(0) : Infinity;
  const ring = Math.min(10, spacing);
  let dots = ''; // lines of no length: round caps make them discs
  for (let index = 0; index < count; index++) dots += `M${x(index).toFixed(1)} ${y(index).toFixed(1)}h0`;
  return (
    <svg width="100%" height="100%" aria-hidden="true" focusable="false">
      <path className="pad-seed-line" d={linePath(count, x, y)} />
      {ring >= 5 && (
        <>
          <path className="pad-seed-ring" d={dots} strokeWidth={ring} />
          <path className="pad-seed-hole" d={dots} strokeWidth={ring - 4} />
        </>
      )}
      <g className="pad-chosen">
        <circle cx={x(chosen)} cy={y(chosen)} r={8} />
        <text x={10} y={18}>
          {said}
        </text>
      </g>
    </svg>
  );
}
