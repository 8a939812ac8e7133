/** The still layers of the waveform pad, one above the other: its frame, the continuation, the playhead. */
import { memo, useEffect, useMemo, useRef } from 'react';
import { plainNumber, withMinus } from './format.ts';
import type { PadLimits } from './WaveformPadEditing.ts';
import { linePath, restX, seedX, ticks, valueY, type PadLayout } from './WaveformPadGeometry.ts';
import { prefersStillness, useCalm } from './WaveformPadHooks.ts';

interface FrameProps {
  readonly layout: PadLayout;
  readonly limits: PadLimits;
  readonly points: number;
  readonly steps: number;
}

/** The sunken ground of the seed, the lines of round values, and the numbers of points and of steps. */
export const PadFrame = memo(function PadFrame({ layout, limits, points, steps }: FrameProps) {
  const { width, height, top, bottom, seedLeft, seedRight, restLeft, restRight } = layout;
  const stepTicks = ticks([1, steps], Math.max(3, (restRight - restLeft) / 90));
  const pointTicks = [...new Set([1, Math.ceil(points / 2), points])];
  return (
    <svg className="pad-layer" width={width} height={height} aria-hidden="true" focusable="false">
      <rect
        className="pad-ground"
        x={seedLeft}
        y={top}
        width={seedRight - seedLeft}
        height={bottom - top}
        rx={8}
      />
      {ticks(limits, 5).map((value) => {
        const y = valueY(layout, limits, value);
        return (
          <g key={value}>
            <line className="pad-line" x1={seedLeft} x2={restRight} y1={y} y2={y} />
            <text x={seedLeft - 8} y={y + 4} textAnchor="end">
              {axisNumber(value)}
            </text>
          </g>
        );
      })}
      {pointTicks.map((point) => (
        <text key={point} x={seedX(layout, point - 1, points)} y={height - 6} textAnchor="middle">
          {point}
        </text>
      ))}
      {stepTicks.map((step) => (
        <g key={step}>
          <line
            className="pad-line"
            x1={restX(layout, step, steps)}
            x2={restX(layout, step, steps)}
            y1={bottom}
            y2={bottom + 4}
          />
          <text
            x={restX(layout, step, steps)}
            y={height - 6}
            textAnchor={restX(layout, step, steps) > restRight - 12 ? 'end' : 'middle'}
          >
            {step}
          </text>
        </g>
      ))}
    </svg>
  );
});

/** With a true minus sign; large and tiny numbers in powers of ten, which leave room for the picture. */
function axisNumber(value: number): string {
  const size = Math.abs(value);
  const text = size >= 100_000 || (size > 0 && size < 0.001) ? value.toExponential() : String(value);
  return withMinus(text).replace('e+', 'e');
}

interface ContinuationProps {
  readonly layout: PadLayout;
  readonly limits: PadLimits;
  readonly seed: Float32Array;
  readonly sequences: readonly Float32Array[];
  readonly steps: number;
}

/** How many of the generated values the figure's text lists. */
const LISTED = 20;

/** The generated values as curves that leave from the seed's last point; the first over the other, faint draws. */
export function Continuation({ layout, limits, seed, sequences, steps }: ContinuationProps) {
  const text = useCalm(useMemo(() => spokenValues(sequences[0]), [sequences]));
  const last = seed.length - 1;
  const [path, ...others] = sequences.map((values) => {
    const x = (index: number) =>
      index === 0 ? seedX(layout, last, seed.length) : restX(layout, index, Math.max(steps, values.length));
    const y = (index: number) =>
      valueY(layout, limits, index === 0 ? (seed[last] ?? 0) : (values[index - 1] ?? 0));
    return linePath(values.length + 1, x, y);
  });
  return (
    <figure className="pad-layer" aria-label="Generated sequence">
      <svg width={layout.width} height={layout.height} aria-hidden="true" focusable="false">
        {others.length > 0 && <path className="pad-other" d={others.join('')} />}
        {path && <path className="pad-generated" d={path} />}
      </svg>
      <p className="visually-hidden">{text}</p>
    </figure>
  );
}

function spokenValues(values: Float32Array | undefined): string {
  if (!values) return 'Nothing is generated yet.';
  const listed = Array.from(values.slice(0, LISTED), (value) => plainNumber(value, 4));
  return `The first values: ${listed.join(', ')}`;
}

interface PlayheadProps {
  readonly layout: PadLayout;
  readonly points: number;
  readonly steps: number;
  /** In values from the seed's first; null in silence. */
  readonly position: () => number | null;
}

/** A line that moves over the picture with the sound; absent where the reader wants no motion. */
export function Playhead({ layout, points, steps, position }: PlayheadProps) {
  const line = useRef<SVGLineElement>(null);
  useEffect(() => {
    if (prefersStillness()) return undefined;
    let frame = 0;
    const draw = () => {
      const at = position();
      const x =
        at === null || at < points
          ? seedX(layout, Math.max(0, at ?? 0), points)
          : restX(layout, at - points + 1, steps);
      line.current?.setAttribute('transform', `translate(${Math.min(x, layout.restRight).toFixed(1)} 0)`);
      line.current?.setAttribute('visibility', at === null ? 'hidden' : 'visible');
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [layout, points, steps, position]);
  return (
    <svg
      className="pad-layer pad-playhead"
      width={layout.width}
      height={layout.height}
      aria-hidden="true"
      focusable="false"
    >
      <line ref={line} visibility="hidden" y1={layout.top} y2={layout.bottom} />
    </svg>
  );
}
