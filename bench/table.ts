/** The figures as text: a line a peer, and a legend under them. */
import type { GenerationMode } from './cases.ts';
import type { Row } from './run.ts';
import type { Figure } from './timing.ts';

interface Column {
  readonly title: string;
  readonly side: 'left' | 'right';
  readonly text: (row: Row) => string;
}

const right = (title: string, text: (row: Row) => string): Column => ({ title, side: 'right', text });
const left = (title: string, text: (row: Row) => string): Column => ({ title, side: 'left', text });

const generation = (mode: GenerationMode) => (row: Row) => {
  const figure = row.generation[mode];
  return figure ? shortFigure(figure) : '';
};

const COLUMNS: readonly Column[] = [
  left('case', ({ test, cell }) => `${test} ${cell}`),
  left('where', ({ where }) => where),
  left('peer', ({ title }) => title),
  right('step, ms', ({ step }) => shortFigure(step)),
  right('spread', ({ step }) => ('stopped' in step ? '' : `${digits(step.least)}–${digits(step.most)}`)),
  right('× ours', ({ ratio }) => optional(ratio)),
  right('GFLOP/s', ({ gigaflops }) => optional(gigaflops)),
  right('of ceiling', ({ share }) => (share === undefined ? '' : `${digits(100 * share)} %`)),
  right('dispatches', ({ dispatches }) => (dispatches ? String(dispatches) : '')),
  right('loop +', ({ overhead }) => (overhead === undefined ? '' : `${digits(100 * overhead)} %`)),
  right('first step, ms', ({ firstStep }) => optional(firstStep)),
  right('MB', ({ bytes }) => (bytes ? digits(bytes / 1e6) : '')),
  right('carried, ms', generation('carried')),
  right('window, ms', generation('window')),
  right('loss ±', ({ difference }) => (difference === undefined ? '' : difference.toExponential(0))),
];

const LEGEND = [
  'step: forward, mean squared error, backward, Adam; the median of rows of steps, which the peers ran by turns, and their least and most.',
  'of ceiling: of what the same adapter did in registers between the rows. loop +: what the training loop adds to the time of the kernels.',
  'first step: from nothing to the first loss, all compiled. MB: the most that was alive at once, of the GPU where there is one.',
  'carried, window: 300 values, the state carried on, or each from the last 20; over a second, by the time of ten. loss ±: largest relative difference of the first losses.',
];

/** Three significant digits, and no exponent. */
export function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => COLUMNS.map(({ text }) => text(row)));
  const widths = COLUMNS.map(({ title }, index) =>
    Math.max(title.length, ...lines.map((cells) => cells[index]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) =>
        COLUMNS[index]!.side === 'left' ? text.padEnd(widths[index]!) : text.padStart(widths[index]!),
      )
      .join('  ')
      .trimEnd();
  const isNew = (index: number): boolean => index > 0 && lines[index]![0] !== lines[index - 1]![0];
  const body = lines.flatMap((cells, index) => (isNew(index) ? ['', line(cells)] : [line(cells)]));
  const stopped = rows.flatMap(({ test, cell, where, title, step, generation }) =>
    Object.entries({ 'training step': step, ...generation }).flatMap(([what, figure]) =>
      'stopped' in figure ? [`${test} ${cell}, ${where}, ${title}, ${what}: ${figure.stopped}`] : [],
    ),
  );
  return [
    line(COLUMNS.map(({ title }) => title)),
    '',
    ...body,
    '',
    ...LEGEND,
    ...list('Stopped, what would have taken over a minute, or failed:', stopped),
  ].join('\n');
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((text) => `  ${text}`)] : [];
}

function optional(value: number | undefined): string {
  return value === undefined ? '' : digits(value);
}

function shortFigure(figure: Figure): string {
  return 'stopped' in figure ? 'stopped' : digits(figure.median);
}
