import type { Data, ScatterData } from 'plotly.js-dist-min';
import { useCallback } from 'react';
import { count, plainNumber } from '../controls/format.ts';
import type { ForecastPicture } from '../worker/protocol.ts';
import type { Palette } from './palette.ts';
import { axis, type Picture, Plot } from './Plot.tsx';

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
  const steps = teacherForced.length;
  const layout = emptyPicture(
    palette,
    steps,
    Math.max(truth.length - 1, steps + freeRunning.length - 1),
  ).layout;
  const shown = [truth, teacherForced, freeRunning, persistence];
  return {
    traces: [
      series('last value again', 1, persistence, { line: { color: palette.target, width: 1 } }),
      series('truth', 0, truth, { line: { color: palette.target, width: 1.6, dash: 'dash' } }),
      series('on its own', steps, freeRunning, {
        line: { color: palette.output, width: 2, dash: 'dot' },
      }),
      series('forecast', 1, teacherForced, {
        line: { color: palette.output, width: 2 },
      }),
      series('read', 0, truth.subarray(0, steps), {
        mode: 'markers',
        marker: { color: palette.input, size: 5 },
        hoverinfo: 'skip',
        hovertemplate: '',
      }),
    ],
    layout: {
      ...layout,
      yaxis: { ...layout.yaxis, range: enclosing(shown) },
    },
    text: forecastText(forecast, start, steps),
  };
}

function emptyPicture(palette: Palette, steps: number, last = 2 * steps): Picture {
  return {
    traces: [],
    layout: {
      hovermode: 'x unified',
      hoverdistance: 6,
      xaxis: {
        ...axis(palette, 'time step of the window'),
        range: [-0.4, last + 0.4],
        showgrid: false,
        nticks: 9,
        showspikes: false,
        unifiedhovertitle: { text: 'step %{x}' },
      },
      yaxis: { ...axis(palette, 'value, in the series’ own units'), nticks: 6, range: [-1, 1] },
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
    },
    text: 'No forecast yet.',
  };
}

function series(name: string, from: number, values: Float32Array, style: Partial<ScatterData>): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x: Array.from(values, (_, i) => from + i),
    y: Array.from(values),
    hovertemplate: `${name} %{y:.4~r}<extra></extra>`,
    ...style,
  };
}

/** The range of all finite values, widened to whole sixths of its span's power of two so that the axis seldom moves. */
function enclosing(lists: readonly Float32Array[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [-1, 1];
  const span = high - low || Math.abs(high) || 1;
  const step = 2 ** Math.floor(Math.log2(span)) / 6;
  return [step * (Math.floor(low / step) - 0.25), step * (Math.ceil(high / step) + 0.25)];
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
