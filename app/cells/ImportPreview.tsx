import { count, settingNumber, withMinus } from '../controls/format.ts';
import type { ImportReport } from '../data/types.ts';

/** Columns shown at most; the chosen one is always among them. */
const MOST_COLUMNS = 12;

/** The first rows of the table, the chosen column marked. */
export function PreviewTable({ report }: { readonly report: ImportReport }) {
  const { column: chosen } = report.choices;
  const columns = report.columns.filter(({ index }) => index < MOST_COLUMNS || index === chosen);
  const rows = Math.max(...columns.map(({ examples }) => examples.length));
  const left = report.columns.length - columns.length;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <section className="import-table" aria-label="The first rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ index, name }) => (
              <th key={index} scope="col" data-chosen={index === chosen || undefined}>
                {name}
                {index === chosen && <span className="visually-hidden"> (the series)</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {columns.map(({ index, examples }) => (
                <td key={index} data-chosen={index === chosen || undefined}>
                  {examples[row] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p>and {count(left)} more columns</p>}
    </section>
  );
}

const WIDTH = 400;
const HEIGHT = 64;

/** The chosen column at a glance, a gap where values are missing. */
export function Outline({ report }: { readonly report: ImportReport }) {
  const { outline, columns, choices } = report;
  if (!outline) return null;
  const present = outline.value.filter((value) => !Number.isNaN(value));
  const low = Math.min(...present);
  const high = Math.max(...present);
  const text =
    `${columns[choices.column]!.name}: ${count(report.rows)} rows, ` +
    `values from ${withMinus(settingNumber(low))} to ${withMinus(settingNumber(high))}`;
  return (
    <figure className="import-outline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <path d={outlinePath(outline, low, high)} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  );
}

/** A line through the points that begins anew after a missing one; a value between two gaps becomes a dot. */
function outlinePath({ index, value }: Required<ImportReport>['outline'], low: number, high: number): string {
  const last = index.at(-1) ?? 1;
  let pen = 'M';
  let path = '';
  for (let point = 0; point < index.length; point++) {
    const y = value[point]!;
    if (Number.isNaN(y)) {
      pen = 'M';
      continue;
    }
    const across = (index[point]! / last) * WIDTH;
    const down = 2 + (HEIGHT - 4) * (1 - (y - low) / (high - low));
    path += `${pen}${across.toFixed(1)},${down.toFixed(1)}${pen === 'M' ? 'h0' : ''}`;
    pen = 'L';
  }
  return path;
}
