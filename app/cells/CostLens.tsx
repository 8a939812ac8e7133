import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../controls/Button.tsx';
import { useDevice, useRun } from '../worker/client.ts';
import { CostBars } from './CostBars.tsx';
import { costControlOf } from './CostRegistry.ts';
import { CostTable, PartsTable } from './CostTables.tsx';
import { ceilingText, kinds } from './CostWords.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import './cost.css';

interface LensProps {
  readonly control: ExperimentControl;
}

/** What an iteration costs on this machine, behind a line that opens. */
export function CostLens({ control }: LensProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className="cost" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What an iteration costs</summary>
      {open && <Opened control={control} />}
    </details>
  );
}

function Opened({ control }: LensProps) {
  const { engine } = useDevice();
  if (engine?.kind === 'reference') {
    return (
      <p className="cost-text">
        The reference engine computes on the processor, in plain TypeScript: there are no kernels to compare.
        In a browser with WebGPU their cost is shown and measured here.
      </p>
    );
  }
  return <Lens control={control} />;
}

function Lens({ control }: LensProps) {
  const cost = costControlOf(control.key);
  const applied = useStore(control.view, (view) => view.applied);
  const building = useStore(control.view, (view) => view.building);
  const report = useStore(cost.view, (view) => view.report);
  const kernels = useRun(control.key, (run) => JSON.stringify(run.kernels.choice));
  useEffect(() => {
    if (applied && !building) void cost.plan(applied, kernels);
  }, [cost, applied, building, kernels]);
  if (!report)
    return <p className="cost-text">There is no run yet: what it costs is shown once it is built.</p>;
  return (
    <>
      <p className="cost-text">
        The same iteration, its time steps computed by different kernels; in bold those that this run takes.{' '}
        {report.rows.map(({ kind, taken }) => (
          <span key={kind}>
            <span className="name" data-taken={taken || undefined}>
              {kinds[kind].name}
            </span>
            : {kinds[kind].says}.{' '}
          </span>
        ))}
      </p>
      <Measure control={control} />
      <div className="cost-body">
        <div>
          <CostTable report={report} />
          <p className="cost-ceiling">{ceilingText(report)}</p>
        </div>
        <div>
          <CostBars report={report} />
          <PartsTable report={report} />
        </div>
      </div>
    </>
  );
}

/** The button that measures, how far it is, and what came of it. */
function Measure({ control }: LensProps) {
  const cost = costControlOf(control.key);
  const share = useStore(cost.view, (view) => view.share);
  const problem = useStore(cost.view, (view) => view.problem);
  const news = useStore(cost.view, (view) => view.news);
  const choosing = useRun(control.key, (run) => run.kernels.measuring !== null);
  const measuring = share !== null;
  const press = () => {
    if (measuring) cost.stop();
    else if (!choosing) void cost.measure();
  };
  return (
    <div className="cost-measure">
      <Button aria-disabled={choosing || undefined} onClick={press}>
        <span className="one-of-two">
          <span aria-hidden={measuring}>Measure cost</span>
          <span aria-hidden={!measuring}>Stop measuring</span>
        </span>
      </Button>
      <progress aria-label="Measured" value={share ?? 0} max={1} hidden={!measuring} />
      <p aria-live="polite" data-problem={problem !== '' || undefined}>
        {problem ||
          news ||
          'Each is measured in turn, five times, and the least counts. Training waits meanwhile.'}
      </p>
    </div>
  );
}
