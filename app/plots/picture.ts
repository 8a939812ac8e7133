/** What a plot shows, in plain values: curves, drawn by the app, and the layout that plotly draws around them. */
import type { Layout, LayoutAxis } from 'plotly.js-dist-min';
import type { Palette } from './palette.ts';

/** What a plot shows at one moment. */
export interface Picture {
  /** From the back to the front. */
  readonly curves: readonly Curve[];
  readonly layout: PictureLayout;
  /** The same in words. */
  readonly text: string;
}

/** Points in the order of `x`. A point with a value that is not finite is left out and parts the line. */
export interface Curve {
  /** Unique in its picture. */
  readonly name: string;
  readonly x: ArrayLike<number>;
  /** As many as `x`. */
  readonly y: ArrayLike<number>;
  readonly look: 'line' | 'dashed' | 'dotted' | 'dots';
  readonly color: string;
  /** Of the line, or across a dot; px. */
  readonly width: number;
  /** Opaque where left out. */
  readonly opacity?: number;
  /** What the pointer reads off the curve, as plotly's `hovertemplate`; null for nothing. */
  readonly hover: string | null;
}

/** Plotly's layout. What decides where a value lies is given, so that plotly has nothing to fit to the values. */
export interface PictureLayout extends Partial<Layout> {
  /** Room for the axes, px. */
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly xaxis: PictureAxis;
  readonly yaxis: PictureAxis;
}

export interface PictureAxis extends Partial<LayoutAxis> {
  readonly type: 'linear' | 'log';
  /** Both ends; of a log axis their powers of ten. */
  readonly range: [number, number];
}

export const MARGIN = { l: 40, r: 10, t: 10, b: 38 };

/** An axis in the page's colours; `title` names its quantity and unit. */
export function axis(palette: Palette, title: string, range: [number, number]) {
  return {
    type: 'linear',
    range,
    title: { text: title, font: { size: 11 } },
    gridcolor: palette.line,
    zeroline: false,
    fixedrange: true,
    ticks: '',
    ticklabelstandoff: 4,
  } satisfies PictureAxis;
}
