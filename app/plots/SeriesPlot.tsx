import { useCallback } from 'react';
import { count, plainNumber } from '../controls/format.ts';
import type { SeriesSummary } from '../data/types.ts';
import { extent } from './curves.ts';
import type { Palette } from './palette.ts';
import { axis, type Curve, type Picture, type PictureLayout } from './picture.ts';
import { Plot } from './Plot.tsx';

interface SeriesPlotProps {
  /** Null until the series is prepared. */
  readonly summary: SeriesSummary | null;
  /** The held-out window shown elsewhere, `[from, to)`; null for none. */
  readonly window: readonly [number, number] | null;
}

/** The whole series: what is trained on, and the stretch held out of training. */
export function SeriesPlot({ summary, window }: SeriesPlotProps) {
  const [from, to] = window ?? [null, null];
  const picture = useCallback(
    (palette: Palette) =>
      summary
        ? seriesPicture(palette, summary, from === null ? null : [from, to])
        : { curves: [], layout: layout(palette, 1, [0, 1]), text: 'The series is not ready yet.' },
    [summary, from, to],
  );
  return (
    <Plot
      label="The series"
      title="The series"
      caption={
        <span className="legend">
          <span className="key line of-input">trained on</span>
          <span className="key area">held out, never trained on</span>
          <span className="key band">the window shown</span>
        </span>
      }
      height={130}
      picture={picture}
      chosen={from ?? undefined}
    />
  );
}

function seriesPicture(
  palette: Palette,
  summary: SeriesSummary,
  window: readonly [number, number] | null,
): Picture {
  const { plotIndex, plotValue, length } = summary;
  const [from, to] = summary.heldOut;
  const part = (heldOut: boolean): Curve => ({
    name: heldOut ? 'held out' : 'trained on',
    x: plotIndex,
    y: plotValue.map((value, i) =>
      (plotIndex[i]! >= from && plotIndex[i]! < to) === heldOut ? value : Number.NaN,
    ),
    look: 'line',
    color: heldOut ? palette.target : palette.input,
    width: 1.2,
    hover: '%{y:.4g} at %{x}<extra></extra>',
  });
  const [low, high] = extent([plotValue]) ?? [0, 1];
  const room = (high - low || 1) / 18;
  return {
    curves: [part(false), part(true)],
    layout: {
      ...layout(palette, length, [low - room, high + room]),
      shapes: [
        band(from, to, palette.sunken, 1),
        ...(window ? [band(window[0], window[1], palette.output, 0.22)] : []),
      ],
    },
    text:
      `${summary.name}: ${count(summary.length)} values, mean ${plainNumber(summary.mean)}, standard deviation ` +
      `${plainNumber(summary.deviation)}. Values ${count(from)} to ${count(to - 1)} are held out of training.`,
  };
}

function layout(palette: Palette, length: number, values: [number, number]): PictureLayout {
  return {
    margin: { l: 40, r: 10, t: 4, b: 34 },
    hovermode: 'closest',
    xaxis: {
      ...axis(palette, 'position in the series', [0, length - 1]),
      showgrid: false,
      nticks: 8,
      tickformat: ',d',
    },
    yaxis: { ...axis(palette, '', values), nticks: 4 },
  };
}

/** A shaded stretch of the x axis, over the plot's whole height. */
function band(x0: number, x1: number, fillcolor: string, opacity: number) {
  return {
    type: 'rect' as const,
    layer: 'below' as const,
    yref: 'paper' as const,
    x0,
    x1,
    y0: 0,
    y1: 1,
    line: { width: 0 },
    fillcolor,
    opacity,
  };
}
