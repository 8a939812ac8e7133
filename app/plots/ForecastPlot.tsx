import { useCallback } from 'react';
import { count, plainNumber } from '../controls/format.ts';
import type { ForecastPicture } from '../worker/protocol.ts';
import { extent } from './curves.ts';
import type { Palette } from './palette.ts';
import { axis, type Curve, MARGIN, type Picture, type PictureLayout } from './picture.ts';
import { Plot } from './Plot.tsx';

interface ForecastPlotProps {
  /** Null until the run has said what it forecasts. */
  readonly forecast: ForecastPicture | null;
  /** T, for the axis before there is a forecast. */
  readonly steps: number;
}

/** One held-out window: truth, what is read, the forecast one step ahead, then free-running, and persistence. */
export function ForecastPlot({ forecast, steps }: ForecastPlotProps) {
  const picture = useCallback(
    (palette: Palette) => (forecast ? forecastPicture(palette, forecast) : emptyPicture(palette, steps)),
    [forecast, steps],
  );
  return (
    <Plot
      label="Forecast of a held-out window"
      title="A window it has not seen"
      caption={
        <span className="legend">
          <span className="key dashed of-target">truth</span>
          <span className="key dot of-input">what it reads</span>
          <span className="key line of-output">forecast, one step ahead</span>
          <span className="key dotted of-output">on its own forecasts</span>
          <span className="key thin of-target">the last value again</span>
        </span>
      }
      height={286}
      picture={picture}
      chosen={forecast?.window}
    />
  );
}

function forecastPicture(palette: Palette, forecast: ForecastPicture): Picture {
  const { truth, teacherForced, freeRunning, persistence, start } = forecast;
  const { target, input, output } = palette;
  const steps = teacherForced.length;
  const last = Math.max(truth.length, steps + freeRunning.length) - 1;
  return {
    curves: [
      curve('last value again', 1, persistence, { look: 'line', color: target, width: 1 }),
      curve('truth', 0, truth, { look: 'dashed', color: target, width: 1.6 }),
      curve('on its own', steps, freeRunning, { look: 'dotted', color: output, width: 2 }),
      curve('forecast', 1, teacherForced, { look: 'line', color: output, width: 2 }),
      {
        ...curve('read', 0, truth.subarray(0, steps), { look: 'dots', color: input, width: 5 }),
        hover: null,
      },
    ],
    layout: layout(palette, steps, last, valueRange(truth, teacherForced)),
    text: forecastText(forecast, start, steps),
  };
}

function emptyPicture(palette: Palette, steps: number): Picture {
  return { curves: [], layout: layout(palette, steps, 2 * steps, [-1, 1]), text: 'No forecast yet.' };
}

/** The axes, and a shade behind the `steps` that the model reads. */
function layout(palette: Palette, steps: number, last: number, values: [number, number]): PictureLayout {
  return {
    margin: MARGIN,
    hovermode: 'x unified',
    hoverdistance: 6,
    xaxis: {
      ...axis(palette, 'time step of the window', [-0.4, last + 0.4]),
      showgrid: false,
      nticks: 9,
      showspikes: false,
      unifiedhovertitle: { text: 'step %{x}' },
    },
    yaxis: { ...axis(palette, 'value, in the series’ own units', values), nticks: 6 },
    shapes: [
      {
        type: 'rect',
        layer: 'below',
        xref: 'x',
        yref: 'paper',
        x0: -0.4,
        x1: steps + 0.4,
        y0: 0,
        y1: 1,
        line: { width: 0 },
        fillcolor: palette.sunken,
        opacity: 0.6,
      },
    ],
  };
}

/** Values of consecutive time steps, the first of them at step `from`. */
function curve(
  name: string,
  from: number,
  values: Float32Array,
  style: Pick<Curve, 'look' | 'color' | 'width'>,
): Curve {
  const x = Float32Array.from(values, (_, i) => from + i);
  return { name, x, y: values, ...style, hover: `${name} %{y:.4~r}<extra></extra>` };
}

/**
 * The range of the truth and a fifth of its span to either side, so that the axis stands still while the forecast comes
 * nearer. The room doubles until the forecast one step ahead has its place; one that reads itself may leave the plot.
 */
function valueRange(truth: Float32Array, forecast: Float32Array): [number, number] {
  const [lowest, highest] = extent([forecast]) ?? [0, 0];
  const [low, high] = extent([truth]) ?? [lowest, highest];
  let room = (high - low || Math.abs(high) || 1) / 5;
  while (low - room > lowest || high + room < highest) room *= 2;
  return [low - room, high + room];
}

function forecastText(forecast: ForecastPicture, start: number, steps: number): string {
  const { truth, teacherForced, freeRunning, window, windows } = forecast;
  const own =
    freeRunning.length > 1
      ? ` Then, reading its own forecasts, the model goes on for ${freeRunning.length - 1} steps and ends at ` +
        plainNumber(freeRunning.at(-1)) +
        (truth.length >= steps + freeRunning.length
          ? `, where the series is at ${plainNumber(truth[steps + freeRunning.length - 1])}.`
          : '.')
      : '';
  return (
    `Held-out window ${window + 1} of ${windows}, values ${count(start)} to ${count(start + steps)} of the series. ` +
    `At step ${steps} the series is at ${plainNumber(truth[steps])} and the forecast, one step ahead, at ` +
    `${plainNumber(teacherForced.at(-1))}.${own}`
  );
}
