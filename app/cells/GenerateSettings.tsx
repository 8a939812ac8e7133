import { Dices } from 'lucide-react';
import { Button } from '../controls/Button.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { Slider } from '../controls/Slider.tsx';
import { count } from '../controls/format.ts';
import { linearScale } from '../controls/scale.ts';
import type { GenerateFence } from '../notebook/schema.ts';
import { changeSetting } from '../notebook/store.ts';
import { percent } from './GenerateFacts.tsx';
import type { Listening } from './GenerateListen.ts';

const STEPS = linearScale(50, 1000, 50);
const NOISE = linearScale(0, 0.5, 0.01);
const VOLUME = linearScale(0, 1, 0.05);

interface SettingsProps {
  readonly lesson: string;
  readonly fence: GenerateFence;
}

/** How the network goes on. All of it is live, and kept in the document. */
export function Settings({ lesson, fence }: SettingsProps) {
  const set = (field: keyof GenerateFence, value: unknown) => changeSetting(lesson, fence.id, field, value);
  const setSteps = (steps: number) => set('steps', steps);
  const setNoise = (noise: number) => set('noise', noise);
  return (
    <section className="generate-part" aria-label="How it goes on">
      <h3>How it goes on</h3>
      <Segmented
        label="What it remembers"
        hideLabel
        value={fence.mode}
        choices={[
          { value: 'carried', label: 'Carried state' },
          { value: 'window', label: 'Sliding window' },
        ]}
        onChange={(mode) => set('mode', mode)}
      />
      <small>
        {fence.mode === 'carried'
          ? 'It reads the seed once, then its own words, and remembers all it has read.'
          : 'For every value it reads the last few anew, and remembers nothing older.'}
      </small>
      <Slider
        label="Steps"
        value={fence.steps}
        scale={STEPS}
        text={count}
        onMove={setSteps}
        onCommit={setSteps}
      />
      <Slider
        label="Noise added, of the series’ deviation"
        value={fence.noise}
        scale={NOISE}
        text={(noise) => (noise === 0 ? 'none' : percent(noise))}
        onMove={setNoise}
        onCommit={setNoise}
      />
      <div className="generate-noise-seed">
        <NumberField
          label="Noise seed"
          value={fence.noiseSeed}
          min={0}
          max={4_294_967_295}
          whole
          disabled={fence.noise === 0}
          onCommit={(seed) => set('noiseSeed', seed)}
        />
        <Button
          look="quiet"
          aria-label="New noise seed"
          title="New noise seed"
          disabled={fence.noise === 0}
          onClick={() => set('noiseSeed', Math.floor(Math.random() * 10_000))}
        >
          <Dices />
        </Button>
      </div>
    </section>
  );
}

/** How it sounds. */
export function Sound({ listening }: { readonly listening: Listening }) {
  return (
    <section className="generate-part" aria-label="Sound">
      <h3>Sound</h3>
      <Segmented
        label="Heard as"
        hideLabel
        value={listening.voice}
        choices={[
          { value: 'wave', label: 'As a wave' },
          { value: 'pitch', label: 'As pitch' },
        ]}
        onChange={listening.setVoice}
      />
      <small>
        {listening.voice === 'wave'
          ? 'The line is the sound wave itself, 4,000 values a second, slowed down to follow.'
          : 'Every value is a note: the higher the value, the higher the note.'}
      </small>
      <Slider
        label="Volume"
        value={listening.volume}
        scale={VOLUME}
        text={percent}
        onMove={listening.setVolume}
        onCommit={listening.setVolume}
      />
    </section>
  );
}
