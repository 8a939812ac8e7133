import { Dices } from 'lucide-react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/shallow';
import { Button } from '../controls/Button.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { Select } from '../controls/Select.tsx';
import { Slider } from '../controls/Slider.tsx';
import {
  cells,
  generatedLength,
  initializers,
  layerCounts,
  NEVER_CLIP,
  optimizers,
  type ResetSetting,
  scales,
  texts,
  windowScale,
} from './ExperimentChoices.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { waiting } from './ExperimentView.ts';
import './settings.css';

interface ControlProps {
  readonly control: ExperimentControl;
}

/** Whether a setting waits for Reset. */
export function useStale(control: ExperimentControl): (name: ResetSetting) => boolean {
  const names = useStore(control.view, useShallow(waiting));
  return (name) => names.includes(name);
}

/** What the network is made of. */
export function NetworkSettings({ control }: ControlProps) {
  const model = useStore(control.view, (view) => view.settings.model);
  const stale = useStale(control);
  return (
    <>
      <Segmented
        label="Cell"
        inline
        value={model.cell}
        choices={cells}
        stale={stale('cell')}
        onChange={(cell) => control.change({ model: { cell } })}
      />
      <Segmented
        label="Layers"
        inline
        value={String(model.layers)}
        choices={layerCounts}
        stale={stale('layers')}
        onChange={(layers) => control.change({ model: { layers: Number(layers) } })}
      />
      <Slider
        label={model.layers === 1 ? 'Neurons' : 'Neurons in each layer'}
        value={model.hidden}
        scale={scales.hidden}
        stale={stale('neurons')}
        onCommit={(hidden) => control.change({ model: { hidden } })}
      />
    </>
  );
}

/** What it is shown in an iteration. */
export function BatchSettings({ control }: ControlProps) {
  const { data, train } = useStore(control.view, (view) => view.settings);
  const own = useStore(control.view, (view) => view.ownSources);
  const stale = useStale(control);
  const length = generatedLength(data.source) ?? own.find(({ source }) => source === data.source)?.length;
  return (
    <>
      <Slider
        label="Window, steps"
        value={train.window}
        scale={windowScale(length ?? Infinity)}
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
    </>
  );
}

/** Its share, and where it acts. */
export function DropoutSetting({ control }: ControlProps) {
  const { dropout, layers } = useStore(control.view, (view) => view.settings.model);
  const stale = useStale(control);
  return (
    <div className="with-note">
      <Slider
        label="Dropout"
        value={dropout}
        scale={scales.dropout}
        text={texts.dropout}
        stale={stale('dropout')}
        onCommit={(dropout) => control.change({ model: { dropout } })}
      />
      <small>
        of what {layers === 1 ? 'the layer hands to the readout' : 'each layer hands up'}, in training only
      </small>
    </div>
  );
}

export function OptimizerSetting({ control }: ControlProps) {
  const { optimizer } = useStore(control.view, (view) => view.settings.train);
  const stale = useStale(control);
  return (
    <Select
      label="Optimiser"
      value={optimizer}
      options={optimizers}
      stale={stale('optimiser')}
      onChange={(optimizer) => control.change({ train: { optimizer } })}
    />
  );
}

/** How the weights begin, how long and how far they may go, and the seed of all that is random. */
export function FurtherSettings({ control }: ControlProps) {
  const { train } = useStore(control.view, (view) => view.settings);
  const stale = useStale(control);
  return (
    <>
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
      <Slider
        label="Run length"
        value={train.iterations}
        scale={scales.iterations}
        text={texts.iterations}
        stale={stale('run length')}
        onCommit={(iterations) => control.change({ train: { iterations } })}
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
