import { useStore } from 'zustand';
import { useShallow } from 'zustand/shallow';
import { Button, WorkButton } from '../controls/Button.tsx';
import { Select } from '../controls/Select.tsx';
import { Slider } from '../controls/Slider.tsx';
import { generators } from '../data/generators.ts';
import { isPresent, notesSettings, scales, seriesTitle } from './ExperimentChoices.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { KernelSettings } from './ExperimentKernels.tsx';
import {
  BatchSettings,
  DropoutSetting,
  FurtherSettings,
  NetworkSettings,
  OptimizerSetting,
  useStale,
} from './ExperimentResetSettings.tsx';
import { waiting } from './ExperimentView.ts';

interface SettingsProps {
  readonly control: ExperimentControl;
  /** Opens the door to a series of the reader's own. */
  readonly onImport: () => void;
}

/** Everything that can be changed, what is live told apart from what starts the run again. */
export function Settings({ control, onImport }: SettingsProps) {
  return (
    <div className="settings">
      <section aria-label="Live settings">
        <h3>Live</h3>
        <LiveSettings control={control} />
        <KernelSettings control={control} />
      </section>
      <section aria-label="Settings that start the run again">
        <h3>Starts the run again</h3>
        <Source control={control} onImport={onImport} />
        <NetworkSettings control={control} />
        <BatchSettings control={control} />
        <details className="more">
          <summary>Optimiser, dropout, seed</summary>
          <div className="further">
            <OptimizerSetting control={control} />
            <DropoutSetting control={control} />
            <FurtherSettings control={control} />
          </div>
        </details>
      </section>
      <Presets control={control} />
      <Waiting control={control} />
    </div>
  );
}

function LiveSettings({ control }: { readonly control: ExperimentControl }) {
  const { data, train } = useStore(control.view, (view) => view.settings);
  const setRate = (rate: number) => control.change({ train: { rate } });
  const setNoise = (noise: number) => control.change({ data: { noise } });
  return (
    <>
      <Slider
        label="Learning rate"
        value={train.rate}
        scale={scales.rate}
        onMove={setRate}
        onCommit={setRate}
      />
      {Object.hasOwn(generators, data.source) && (
        <Slider
          label="Noise in the data"
          value={data.noise}
          scale={scales.noise}
          onMove={setNoise}
          onCommit={setNoise}
        />
      )}
    </>
  );
}

function Source({ control, onImport }: SettingsProps) {
  const { source } = useStore(control.view, (view) => view.settings.data);
  const own = useStore(control.view, (view) => view.ownSources);
  const stale = useStale(control);
  const sources = [...Object.keys(generators), ...own.map((brought) => brought.source)];
  return (
    <div className="source">
      <Select
        label="Series"
        value={source}
        options={sources.map((value) => ({ value, label: seriesTitle(value) }))}
        stale={stale('series')}
        onChange={(chosen) => control.chooseSeries(chosen)}
      />
      <Button onClick={onImport}>Your own series…</Button>
    </div>
  );
}

const PRESETS = ['lesson', 'notes', 'own'] as const;

function Presets({ control }: { readonly control: ExperimentControl }) {
  const { settings } = useStore(control.view);
  const { model, train } = control.lesson;
  const lesson = { model, train: { ...train, seed: settings.train.seed } };
  const same = isPresent(control.lesson, notesSettings);
  const now = isPresent(settings, lesson) ? 'lesson' : isPresent(settings, notesSettings) ? 'notes' : 'own';
  const labels = { lesson: 'This lesson', notes: 'The course notes', own: 'Yours' };
  const offered = PRESETS.filter((name) => (name === 'notes' ? !same : name !== 'own' || now === 'own'));
  return (
    <Select
      label="Preset"
      value={now}
      options={offered.map((value) => ({ value, label: labels[value] }))}
      onChange={(name) => name !== 'own' && control.change(name === 'lesson' ? lesson : notesSettings)}
    />
  );
}

/** The settings that wait for Reset, by name, and the two ways out. */
export function Waiting({ control }: { readonly control: ExperimentControl }) {
  const names = useStore(control.view, useShallow(waiting));
  if (names.length === 0) return null;
  return (
    <div className="waiting">
      <p>
        Waiting for Reset: <strong>{names.join(', ')}</strong>
      </p>
      <WorkButton busyText="Starting…" onPress={() => control.reset()}>
        Start again
      </WorkButton>
      <Button look="quiet" onClick={() => control.dropChanges()}>
        Undo
      </Button>
    </div>
  );
}
