import type Plotly from 'plotly.js-cartesian-dist-min';
import type { Data, Layout } from 'plotly.js-dist-min';
import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import type { Palette } from './palette.ts';
import type { Curve, PictureLayout } from './picture.ts';

interface FrameProps {
  readonly plotly: typeof Plotly;
  readonly layout: PictureLayout;
  readonly palette: Palette;
  /** Of the whole plot, px. */
  readonly width: number;
  readonly height: number;
  /** What the pointer reads off; null where no pointer is over the plot. */
  readonly curves: readonly Curve[] | null;
}

/**
 * What plotly draws: axes, grid and shaded stretches, and under the pointer the values. It takes 10 to 20 ms each
 * time, so it is asked again only where one of them has changed, and has the curves only while a pointer is there.
 */
export const Frame = memo(function Frame({ plotly, layout, palette, width, height, curves }: FrameProps) {
  const element = useRef<HTMLDivElement>(null);
  // Compared by content, and handed over as a copy, since plotly writes into what it is given.
  const content = JSON.stringify({ ...baseLayout(palette), ...layout, width, height });

  useLayoutEffect(() => {
    const traces = (curves ?? []).filter(({ hover }) => hover !== null).map(trace);
    void plotly.react(element.current!, traces, JSON.parse(content) as Partial<Layout>, CONFIG);
  }, [plotly, content, curves]);

  useEffect(() => {
    const drawn = element.current!;
    return () => plotly.purge(drawn);
  }, [plotly]);

  return <div ref={element} />;
});

/** Where a finger scrolls the page, a plot must not take the touch. */
export const READS_POINTER = matchMedia('(hover: hover)').matches;

const CONFIG = {
  displayModeBar: false,
  staticPlot: !READS_POINTER,
  showTips: false,
};

/** Thin grid, no frame, small figures; what a plot does not say itself. */
function baseLayout(palette: Palette): Partial<Layout> {
  return {
    font: { family: palette.face, size: 11, color: palette['ink-2'] },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
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

const DASHES = { line: 'solid', dots: 'solid', dashed: 'dash', dotted: 'dot' } as const;

/** A curve as plotly reads it. It draws it too, unseen; its look is that of the key beside the value. */
function trace({ x, y, look, color, width, opacity = 1, hover }: Curve): Data {
  return {
    type: 'scatter',
    mode: look === 'dots' ? 'markers' : 'lines',
    x: Array.from(x),
    y: Array.from(y),
    line: { color, width, dash: DASHES[look] },
    marker: { color, size: width },
    opacity,
    hovertemplate: hover!,
  };
}
