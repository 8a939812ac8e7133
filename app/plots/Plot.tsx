import type Plotly from 'plotly.js-cartesian-dist-min';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Data, Layout, ScatterData } from 'plotly.js-dist-min';
import { drawQueue } from './drawQueue.ts';
import { type Palette, usePalette } from './palette.ts';
import './plots.css';

/** What a plot shows at one moment. */
export interface Picture {
  readonly traces: Data[];
  readonly layout: Partial<Layout>;
  /** The same in words. */
  readonly text: string;
}

interface PlotProps {
  /** The figure's name. */
  readonly label: string;
  readonly title: string;
  /** What is drawn and how, in the colours of the lines. */
  readonly caption: ReactNode;
  /** Of the drawing alone, px; fixed, so that nothing moves while plotly loads. */
  readonly height: number;
  /** Called when the plot's turn comes; a new function asks for a redraw. */
  readonly picture: (palette: Palette) => Picture;
  /** What the reader has chosen to see: where it changes, the redraw does not wait for its turn. */
  readonly chosen?: string | number | undefined;
}

/** What the last drawing was of. */
interface Drawn {
  readonly palette: Palette;
  readonly width: number;
  readonly chosen: string | number | undefined;
  readonly short: boolean;
}

/** A figure drawn by plotly, its title, its caption and its text alternative. */
export function Plot({ label, title, caption, height, picture, chosen }: PlotProps) {
  const area = useRef<HTMLDivElement>(null);
  const alternative = useRef<HTMLParagraphElement>(null);
  const palette = usePalette();
  const { plotly, problem } = usePlotly();
  const width = useWidth(area);

  const drawn = useRef<Drawn | null>(null);

  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const draw = () => {
      const { traces, layout, text } = picture(palette);
      if (alternative.current) alternative.current.textContent = text;
      if (!plotly || width === 0) return;
      drawn.current = { palette, width, chosen, short: traces.every(isShort) };
      void plotly.react(element, traces, { ...baseLayout(palette), ...layout, width, height }, CONFIG);
    };
    // The beginning of a curve is waited for, as is another theme or width; more of it can wait for its turn.
    const last = drawn.current;
    const isSame = last?.palette === palette && last.width === width && last.chosen === chosen;
    const onlyMore = isSame && !last.short;
    drawQueue.request(element, draw, !onlyMore);
    return () => drawQueue.cancel(element);
  }, [plotly, picture, palette, width, height, chosen]);

  useEffect(() => {
    const element = area.current;
    return () => {
      if (element) plotly?.purge(element);
    };
  }, [plotly]);

  return (
    <figure className="plot" aria-label={label}>
      <figcaption>
        <h3>{title}</h3>
        <p>{caption}</p>
      </figcaption>
      <div ref={area} className="plot-area" style={{ height }} aria-hidden="true" />
      {problem && <p className="plot-problem">{problem}</p>}
      <p ref={alternative} className="visually-hidden" />
    </figure>
  );
}

/** Fewer points than make a curve. */
const SHORT = 8;

function isShort(trace: Data): boolean {
  const { x } = trace as Partial<ScatterData>;
  return !x || x.length < SHORT;
}

const CONFIG = {
  displayModeBar: false,
  // Where a finger scrolls the page, a plot must not take the touch.
  staticPlot: !matchMedia('(hover: hover)').matches,
  showTips: false,
};

/** Thin grid, no frame, small figures; what a plot does not say itself. */
function baseLayout(palette: Palette): Partial<Layout> {
  return {
    font: { family: palette.face, size: 11, color: palette['ink-2'] },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    margin: { l: 40, r: 10, t: 10, b: 38 },
    showlegend: false,
    dragmode: false,
    hovermode: 'x',
    hoverlabel: {
      bgcolor: palette.surface,
      bordercolor: palette.line,
      font: { family: palette.face, size: 12, color: palette.ink },
    },
  };
}

/** Lines of an axis in the page's colours; `title` names its quantity and unit. */
export function axis(palette: Palette, title: string) {
  return {
    title: { text: title, font: { size: 11 } },
    gridcolor: palette.line,
    zeroline: false,
    fixedrange: true,
    ticks: '' as const,
    ticklabelstandoff: 4,
  };
}

/** When the page has nothing better to do, or after a second. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 200);
  });
}

let loading: Promise<typeof Plotly> | undefined;

/** Plotly is large: loaded once, when the first plot is on the page. */
function usePlotly() {
  const [plotly, setPlotly] = useState<typeof Plotly | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    loading ??= idle().then(async () => (await import('plotly.js-cartesian-dist-min')).default);
    loading.then(
      (loaded) => gone || setPlotly(loaded),
      () => gone || setProblem('The plot could not be loaded. Its text and its readings still hold.'),
    );
    return () => {
      gone = true;
    };
  }, []);
  return { plotly, problem };
}

function useWidth(area: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [area]);
  return width;
}
