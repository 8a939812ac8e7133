import type { CostReport, CostRow } from '../worker/protocol.ts';
import { devicesTime, kinds, sharesText } from './CostWords.ts';

/** A bar for each kind of kernels, as long as the device takes, divided by what it is spent on. */
export function CostBars({ report }: { readonly report: CostReport }) {
  const longest = Math.max(...report.rows.map(devicesTime));
  return (
    <figure className="cost-bars" aria-label="Where the device’s time goes">
      <figcaption>
        <h3>Where the device’s time goes</h3>
        <p>{sharesText(report)}</p>
      </figcaption>
      <div aria-hidden="true">
        {report.rows.map((row) => (
          <Bar key={row.kind} row={row} longest={longest} />
        ))}
      </div>
    </figure>
  );
}

function Bar({ row, longest }: { readonly row: CostRow; readonly longest: number }) {
  return (
    <div className="cost-bar">
      <span data-taken={row.taken || undefined}>{kinds[row.kind].name}</span>
      <span className="track">
        {row.parts.map(({ part, microseconds }) => (
          <span
            key={part}
            data-part={part}
            style={{ width: `${longest > 0 ? (100 * (microseconds ?? 0)) / longest : 0}%` }}
          />
        ))}
      </span>
    </div>
  );
}
