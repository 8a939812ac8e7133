import { useCallback } from 'react';
import { count, plainNumber } from '../controls/format.ts';
import type { History } from '../worker/history.ts';
import { axisEnd, logRange, rawCurve, smoothCurve } from './curves.ts';
import type { Palette } from './palette.ts';
import { axis, type Curve, type Picture } from './picture.ts';
import { Plot } from './Plot.tsx';

interface LossPlotProps {
  readonly history: History;
  /** Runs before a reset, the latest first. */
  readonly earlier: readonly History[];
  readonly iterationsAsked: number;
}

/** The loss over the iterations on a log scale: smoothed over raw, earlier runs faint behind. */
export function LossPlot({ history, earlier, iterationsAsked }: LossPlotProps) {
  const picture = useCallback(
    (palette: Palette) => lossPicture(palette, { history, earlier, iterationsAsked }),
    [history, earlier, iterationsAsked],
  );
  return (
    <Plot
      label="Loss over the iterations"
      title="Loss, iteration by iteration"
      caption={
        <>
          mean squared error, log&nbsp;scale, <span className="of-output">smoothed</span> over raw
          {earlier.length > 0 && <>; grey: the {earlier.length === 1 ? 'run' : 'runs'} before</>}
        </>
      }
      height={216}
      picture={picture}
    />
  );
}

function lossPicture(palette: Palette, { history, earlier, iterationsAsked }: LossPlotProps): Picture {
  const raw = rawCurve(history);
  const smooth = smoothCurve(history);
  const [bottom, top] = logRange([raw, ...earlier]);
  const [reached, ...before] = [history, ...earlier].map((run) => run.iterations.at(-1) ?? 0);
  const last = Math.max(axisEnd(reached!, iterationsAsked), ...before);
  const [lowest, highest] = [Math.ceil(bottom), Math.floor(top)];
  const decades = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
  const every = Math.ceil(decades.length / 7);
  const ticks = decades.filter((_, i) => i % every === 0);
  return {
    curves: [
      ...earlier.map((run, i) => line(`earlier ${i}`, smoothCurve(run), palette.target, 1.2, 0.55)),
      line('raw', raw, palette.output, 1, 0.4),
      {
        ...line('smoothed', smooth, palette.output, 2),
        ...(smooth.iterations.length === 1 && { look: 'dots', width: 5 }),
        hover: 'iteration %{x}: %{y:.3g}<extra></extra>',
      },
    ],
    layout: {
      margin: { l: 34, r: 20, t: 8, b: 38 },
      xaxis: { ...axis(palette, 'iteration', [0, last]), showgrid: false, nticks: 5, tickformat: ',d' },
      yaxis: {
        ...axis(palette, '', [bottom, top]),
        type: 'log',
        tickvals: ticks.map((power) => 10 ** power),
        ticktext: ticks.map(decadeText),
      },
    },
    text: lossText(smooth, earlier.length),
  };
}

/** A power of ten, in digits where they fit beside the axis. */
function decadeText(power: number): string {
  if (Math.abs(power) > 3) return `10${power < 0 ? '⁻' : ''}${superscript(Math.abs(power))}`;
  return power < 0 ? plainNumber(10 ** power, 1) : count(10 ** power);
}

function superscript(whole: number): string {
  return String(whole).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
}

function line(name: string, run: History, color: string, width: number, opacity = 1): Curve {
  return { name, x: run.iterations, y: run.losses, look: 'line', color, width, opacity, hover: null };
}

function lossText({ iterations, losses }: History, earlier: number): string {
  if (iterations.length === 0) return 'No iteration has run yet.';
  const [first, last] = [losses[0]!, losses.at(-1)!];
  const lowest = Math.min(...losses);
  const behind =
    earlier === 0 ? '' : ` ${earlier} earlier ${earlier === 1 ? 'run is' : 'runs are'} kept behind it.`;
  return (
    `Smoothed loss over ${count(iterations.at(-1)!)} iterations: from ${plainNumber(first)} to ` +
    `${plainNumber(last)}, lowest ${plainNumber(lowest)}.${behind}`
  );
}
