import { Dices } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../controls/Button.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { Select } from '../controls/Select.tsx';
import { Slider } from '../controls/Slider.tsx';
import { generators } from '../data/generators.ts';
import {
  initializers,
  isPresent,
  NEVER_CLIP,
  notesSettings,
  optimizers,
  scales,
  texts,
} from './ExperimentChoices.ts';
import type { ResetSetting } from './ExperimentChoices.ts';
import { type ExperimentControl, waiting } from './ExperimentControl.ts';

interface SettingsProps {
  readonly control: ExperimentControl;
  /** Opens the door to a series of the reader's own. */
  readonly onImport: () => void;
}

/** Everything that can be changed, what is live told apart from what starts the run again. */
export function Settings({ control, onImport }: SettingsProps) {
  const names = waiting(useStore(control.view));
  return (
    <div className="settings">
      <section aria-label="Live settings">
        <h3>Live</h3>
        <LiveSettings control={control} />
      </section>
      <section aria-label="Settings that start the run again">
        <h3>Starts the run again</h3>
        <Source control={control} onImport={onImport} stale={names.includes('series')} />
        <ResetSettings control={control} waiting={names} />
      </section>
      <Presets control={control} />
      <Waiting control={control} waiting={names} />
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

interface SourceProps extends SettingsProps {
  readonly stale: boolean;
}

function Source({ control, onImport, stale }: SourceProps) {
  const { source } = useStore(control.view, (view) => view.settings.data);
  const own = useStore(control.view, (view) => view.ownSources);
  const options = [
    ...Object.entries(generators).map(([value, { title }]) => ({ value, label: title })),
    ...own.map(({ source }) => ({ value: source, label: source.replace(/^file:/, '') })),
  ];
  const choose = (value: string) => {
    const brought = own.find(({ source }) => source === value);
    // What is done about missing values belongs to the file.
    const { missing } = control.lesson.data;
    control.change({ data: brought ? { ...brought, noise: 0 } : { source: value, missing } });
  };
  return (
    <div className="source">
      <Select label="Series" value={source} options={options} stale={stale} onChange={choose} />
      <Button onClick={onImport}>Your own series…</Button>
    </div>
  );
}

interface ResetSettingsProps {
  readonly control: ExperimentControl;
  readonly waiting: readonly ResetSetting[];
}

function ResetSettings({ control, waiting }: ResetSettingsProps) {
  const { model, train } = useStore(control.view, (view) => view.settings);
  const stale = (name: ResetSetting) => waiting.includes(name);
  return (
    <>
      <Slider
        label="Neurons"
        value={model.hidden}
        scale={scales.hidden}
        stale={stale('neurons')}
        onCommit={(hidden) => control.change({ model: { hidden } })}
      />
      <Slider
        label="Window, steps"
        value={train.window}
        scale={scales.window}
        stale={stale('window')}
        onCommit={(window) => control.change({ train: { window } })}
      />
      <Slider
        label="Batch"
        value={train.batch}
        scale={scales.batch}
        stale={stale('batch')}
        onCommit={(batch) => control.change({ train: { batch } })}
      />
      <Slider
        label="Run length"
        value={train.iterations}
        scale={scales.iterations}
        text={texts.iterations}
        stale={stale('run length')}
        onCommit={(iterations) => control.change({ train: { iterations } })}
      />
      <details className="more">
        <summary>Optimiser, initialiser, seed</summary>
        <div className="further">
          <FurtherSettings control={control} waiting={waiting} />
        </div>
      </details>
    </>
  );
}

function FurtherSettings({ control, waiting }: ResetSettingsProps) {
  const { train } = useStore(control.view, (view) => view.settings);
  const stale = (name: ResetSetting) => waiting.includes(name);
  return (
    <>
      <Select
        label="Optimiser"
        value={train.optimizer}
        options={optimizers}
        stale={stale('optimiser')}
        onChange={(optimizer) => control.change({ train: { optimizer } })}
      />
      <Select
        label="Initialiser"
        value={train.initializer}
        options={initializers}
        stale={stale('initialiser')}
        onChange={(initializer) => control.change({ train: { initializer } })}
      />
      <Slider
        label="Clip the gradient at"
        value={train.clip ?? NEVER_CLIP}
        scale={scales.clip}
        text={texts.clip}
        stale={stale('clipping')}
        onCommit={(clip) => control.change({ train: { clip: clip === NEVER_CLIP ? null : clip } })}
      />
      <div className="seed">
        <NumberField
          label="Seed"
          value={train.seed}
          min={0}
          max={4_294_967_295}
          whole
          stale={stale('seed')}
          onCommit={(seed) => control.change({ train: { seed } })}
        />
        <Button
          look="quiet"
          aria-label="New seed"
          title="New seed"
          onClick={() => control.change({ train: { seed: newSeed() } })}
        >
          <Dices />
        </Button>
      </div>
    </>
  );
}

/** Four digits are enough to tell runs apart, and easy to pass on. */
function newSeed(): number {
  return Math.floor(Math.random() * 10_000);
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

function Waiting({ control, waiting }: ResetSettingsProps) {
  if (waiting.length === 0) {
    return (
      <small>
        Rate and noise change live. The others start the run again; the one before stays behind, faint.
      </small>
    );
  }
  return (
    <div className="waiting">
      <p>
        Waiting for Reset: <strong>{waiting.join(', ')}</strong>
      </p>
      <Button onClick={() => control.reset()}>Start again</Button>
      <Button look="quiet" onClick={() => control.dropChanges()}>
        Undo
      </Button>
    </div>
  );
}
