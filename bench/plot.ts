/** Lines over two logarithmic axes, as an SVG that stands by itself on a light ground or a dark one. */

export interface Series {
  readonly label: string;
  /** `[x, y]`, x ascending. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Panel {
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const PANEL = { width: 300, height: 220 };
const MARGIN = { left: 46, right: 12, top: 16, bottom: 36 };
/** Of a middle lightness, so that each stands out from white and from black; a dash and a mark tell them apart as well. */
const STYLES = [
  { color: '#1f8a8a', dash: '' },
  { color: '#c2571a', dash: '6 3' },
  { color: '#8a5cc2', dash: '2 3' },
  { color: '#6f7f1f', dash: '8 3 2 3' },
] as const;
const GREY = '#808080';
const LEGEND_LINE = 14;

/** @param columns panels side by side. */
export function plot(panels: readonly Panel[], columns: number, title: string): string {
  const rows = Math.ceil(panels.length / columns);
  const size = { width: columns * PANEL.width, height: rows * PANEL.height };
  const body = panels.map((panel, index) => {
    const x = (index % columns) * PANEL.width;
    const y = Math.floor(index / columns) * PANEL.height;
    return `<g transform="translate(${x} ${y})">${panelMarks(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" ` +
      `height="${size.height}" font-family="system-ui, sans-serif" font-size="11" fill="${GREY}">`,
    `<title>${escaped(title)}</title>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

function panelMarks({ x, y, series }: Panel): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return '';
  const across = extent(points.map(([value]) => value));
  const up = extent(points.map(([, value]) => value));
  const { width, height } = PANEL;
  const toX = scale(across, MARGIN.left, width - MARGIN.right);
  const toY = scale(up, height - MARGIN.bottom, MARGIN.top);
  const marks = [
    ...ticks(across).map((value) => gridLine(toX(value), label(value), 'x')),
    ...ticks(up).map((value) => gridLine(toY(value), label(value), 'y')),
    text((MARGIN.left + width) / 2, height - 4, x, 'middle'),
    text(MARGIN.left, MARGIN.top - 5, y, 'start'),
    ...series.map((one, index) => line(one, index, toX, toY)),
  ];
  return marks.join('\n');
}

/** From the least to the most; about a single value, half and double of it. */
function extent(values: readonly number[]): readonly [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return least === most ? [least / 2, most * 2] : [least, most];
}

function scale([least, most]: readonly [number, number], from: number, to: number): Scale {
  const span = Math.log(most) - Math.log(least);
  return (value) => from + ((Math.log(value) - Math.log(least)) / span) * (to - from);
}

/** Powers of ten; their double and fivefold too where there would be few. */
export function ticks([least, most]: readonly [number, number]): number[] {
  const first = Math.floor(Math.log10(least));
  const powers = Array.from(
    { length: Math.ceil(Math.log10(most)) - first + 1 },
    (_, index) => 10 ** (first + index),
  );
  const within = (values: number[]): number[] => values.filter((value) => value >= least && value <= most);
  const few = within(powers);
  return few.length > 2 ? few : within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
}

function gridLine(at: number, name: string, axis: 'x' | 'y'): string {
  const { width, height } = PANEL;
  const place = round(at);
  const [bottom, end] = [height - MARGIN.bottom, width - MARGIN.right];
  const path = axis === 'x' ? `M${place} ${MARGIN.top}V${bottom}` : `M${MARGIN.left} ${place}H${end}`;
  const mark =
    axis === 'x' ? text(at, bottom + 14, name, 'middle') : text(MARGIN.left - 5, at + 4, name, 'end');
  return `<path d="${path}" stroke="${GREY}" stroke-opacity="0.35"/>${mark}`;
}

function line({ label, points }: Series, index: number, toX: Scale, toY: Scale): string {
  const { color, dash } = STYLES[index % STYLES.length]!;
  const places = points.map(([x, y]) => [round(toX(x)), round(toY(y))] as const);
  const path = places.map(([x, y]) => `${x} ${y}`).join('L');
  const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.5"/>`).join('');
  const legend = text(MARGIN.left + 8, MARGIN.top + LEGEND_LINE * (index + 1), label, 'start', color);
  return (
    `<g fill="${color}"><path d="M${path}" fill="none" stroke="${color}" stroke-width="1.5" ` +
    `stroke-dasharray="${dash}"/>${dots}</g>${legend}`
  );
}

function text(x: number, y: number, content: string, anchor: string, fill = GREY): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escaped(content)}</text>`;
}

function label(power: number): string {
  return power >= 0.001 && power < 1_000_000 ? String(Number(power.toPrecision(1))) : power.toExponential(0);
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
