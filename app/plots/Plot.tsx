import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Curves } from './Curves.tsx';
import { drawQueue } from './drawQueue.ts';
import { Frame, READS_POINTER } from './Frame.tsx';
import { type Palette, usePalette } from './palette.ts';
import type { Picture } from './picture.ts';
import { usePlotly } from './usePlotly.ts';
import './plots.css';

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

/** A figure, its title, its caption and its text alternative. The app draws the curves, plotly all around them. */
export function Plot({ label, title, caption, height, picture, chosen }: PlotProps) {
  const area = useRef<HTMLDivElement>(null);
  const { plotly, problem } = usePlotly();
  const drawn = useDrawn({ picture, chosen, plotly, palette: usePalette(), width: useWidth(area) });
  const [pointed, setPointed] = useState(false);
  return (
    <figure className="plot" aria-label={label}>
      <figcaption>
        <h3>{title}</h3>
        <p>{caption}</p>
      </figcaption>
      <div
        ref={area}
        className="plot-area"
        style={{ height }}
        aria-hidden="true"
        onPointerEnter={() => setPointed(READS_POINTER)}
        onPointerLeave={() => setPointed(false)}
      >
        {drawn?.plotly && drawn.width > 0 && (
          <>
            <Frame
              plotly={drawn.plotly}
              layout={drawn.picture.layout}
              palette={drawn.palette}
              width={drawn.width}
              height={height}
              curves={pointed ? drawn.picture.curves : null}
            />
            <Curves picture={drawn.picture} width={drawn.width} height={height} />
          </>
        )}
      </div>
      {problem && <p className="plot-problem">{problem}</p>}
      <p className="visually-hidden">{drawn?.picture.text}</p>
    </figure>
  );
}

interface Wanted extends Pick<PlotProps, 'picture' | 'chosen'> {
  readonly plotly: ReturnType<typeof usePlotly>['plotly'];
  readonly palette: Palette;
  readonly width: number;
}

/** What is on the page, and what it was drawn for. */
interface Drawn extends Omit<Wanted, 'picture'> {
  readonly picture: Picture;
}

/** The picture that is wanted, once the plot's turn to be drawn has come; null before the first. */
function useDrawn({ picture, chosen, plotly, palette, width }: Wanted): Drawn | null {
  const [plot] = useState(() => ({})); // what the queue knows this plot by
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const last = useRef(drawn);

  useEffect(() => {
    const wanted = { chosen, plotly, palette, width };
    const draw = () => {
      last.current = { ...wanted, picture: picture(palette) };
      // In this frame, so that the queue knows what the drawing cost.
      flushSync(() => setDrawn(last.current));
    };
    drawQueue.request(plot, draw, !isOnlyMore(wanted, last.current));
    return () => drawQueue.cancel(plot);
  }, [plot, picture, chosen, plotly, palette, width]);

  return drawn;
}

/** More of a curve can wait for its turn. Its beginning is waited for, as is another choice, theme or width. */
function isOnlyMore(wanted: Omit<Wanted, 'picture'>, drawn: Drawn | null): boolean {
  return (
    drawn !== null &&
    drawn.chosen === wanted.chosen &&
    drawn.plotly === wanted.plotly &&
    drawn.palette === wanted.palette &&
    drawn.width === wanted.width &&
    drawn.picture.curves.some(({ x }) => x.length >= CURVE)
  );
}

/** So many points make a curve. */
const CURVE = 8;

function useWidth(area: RefObject<HTMLElement | null>): number {
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
