import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Button, WorkButton } from '../controls/Button.tsx';
import type { ExperimentFence } from '../notebook/schema.ts';
import { LossPlot } from '../plots/LossPlot.tsx';
import { SeriesPlot } from '../plots/SeriesPlot.tsx';
import { runtime, useRun } from '../worker/client.ts';
import { CostLens } from './CostLens.tsx';
import { useCommands } from './ExperimentCommands.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { Costs, ErrorTable, Facts, Progress } from './ExperimentFacts.tsx';
import { offerFile } from './ExperimentFiles.ts';
import { Forecast } from './ExperimentForecast.tsx';
import { Note } from './ExperimentNote.tsx';
import { ExperimentPlayBar } from './ExperimentPlayBar.tsx';
import { controlOf } from './ExperimentRegistry.ts';
import { Settings } from './ExperimentSettings.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { useFileDrop } from './useFileDrop.ts';
import type { ImportSeries } from './useImport.ts';
import './experiment.css';

interface ExperimentCellProps {
  /** The lesson's slug. */
  readonly lesson: string;
  readonly fence: ExperimentFence;
  readonly current: boolean;
}

/** An experiment: its data, its model in training, what it forecasts, and everything that can be changed. */
export function ExperimentCell({ lesson, fence }: ExperimentCellProps) {
  const control = controlOf(`${lesson}#${fence.id}`, fence);
  const [importing, setImporting] = useState<{ readonly file: File | null } | null>(null);
  const { over, handlers } = useFileDrop((file) => setImporting({ file }));
  const close = useCallback(() => setImporting(null), []);
  useEffect(() => {
    control.open();
    return () => control.leave();
  }, [control]);
  useCommands(control.key, control);
  return (
    // Dropping a file is a shortcut; the button "Your own series…" does the same for everyone.
    <div className="experiment" data-over={over || undefined} {...handlers}>
      <Running control={control} fence={fence} onImport={() => setImporting({ file: null })} />
      <ImportDialog
        open={importing !== null}
        file={importing?.file ?? null}
        importSeries={importSeries}
        onClose={close}
        onChosen={({ source, choices, rows }) => {
          close();
          void control.bring({ source, missing: choices.missing, length: rows });
        }}
      />
    </div>
  );
}

const importSeries: ImportSeries = (name, content, choices) => runtime.importSeries(name, content, choices);

interface RunningProps extends PartProps {
  readonly fence: ExperimentFence;
  readonly onImport: () => void;
}

function Running({ control, fence, onImport }: RunningProps) {
  const applied = useStore(control.view, (view) => view.applied);
  const window = (applied ?? control.lesson).train.window;
  return (
    <>
      <div className="bar">
        <h2>{fence.title}</h2>
        <ExperimentPlayBar control={control} />
      </div>
      <Progress runKey={control.key} />
      <Note control={control} />
      <Facts runKey={control.key} window={window} />
      <div className="experiment-body">
        <div className="plots">
          {[...new Set(fence.show)].map((name) =>
            name === 'loss' ? (
              <Loss key={name} control={control} window={window} />
            ) : (
              <Forecast key={name} control={control} window={window} />
            ),
          )}
          <Series control={control} />
        </div>
        <Settings control={control} onImport={onImport} />
      </div>
      <Footer control={control} />
      <CostLens control={control} />
    </>
  );
}

interface PartProps {
  readonly control: ExperimentControl;
}

function Loss({ control, window }: PartProps & { readonly window: number }) {
  const history = useRun(control.key, (run) => run.history);
  const earlier = useRun(control.key, (run) => run.earlier);
  const asked = useRun(control.key, (run) => run.iterationsAsked);
  return (
    <div className="panel loss">
      <LossPlot
        history={history}
        earlier={earlier}
        iterationsAsked={asked || control.lesson.train.iterations}
      />
      <ErrorTable runKey={control.key} window={window} />
    </div>
  );
}

function Series({ control }: PartProps) {
  const summary = useStore(control.view, (view) => view.summary);
  const from = useRun(control.key, (run) => run.forecast?.start);
  const to = useRun(control.key, (run) => run.forecast && run.forecast.start + run.forecast.truth.length - 1);
  const window = useMemo(
    () => (from === undefined || to === null ? null : ([from, to] as const)),
    [from, to],
  );
  return <SeriesPlot summary={summary} window={window} />;
}

/** What the run costs, and the run as a file. */
function Footer({ control }: PartProps) {
  const file = useRef<HTMLInputElement>(null);
  const save = async () => {
    const bytes = await control.save();
    if (bytes) offerFile(`${control.key.replace('#', '-')}.safetensors`, bytes, 'application/octet-stream');
  };
  return (
    <div className="foot">
      <Costs runKey={control.key} />
      <span className="files">
        <WorkButton look="quiet" busyText="Saving…" onPress={save}>
          Save the run
        </WorkButton>
        <Button look="quiet" onClick={() => file.current?.click()}>
          Load a run
        </Button>
        <input
          ref={file}
          type="file"
          accept=".safetensors"
          hidden
          aria-label="A saved run"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            event.target.value = '';
            if (chosen) void control.load(chosen);
          }}
        />
      </span>
    </div>
  );
}
