import { Square } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../controls/Button.tsx';
import { PlayIcon } from '../controls/icons.tsx';
import type { Listening } from './GenerateListen.ts';
import type { GenerateSession, SeedKind } from './GenerateSession.ts';

const CHOICES: readonly { kind: SeedKind; label: string; title: string }[] = [
  { kind: 'zeros', label: 'Zeros', title: 'Begin with nothing' },
  { kind: 'series', label: 'The series', title: 'A piece of the training series; press again for another' },
  {
    kind: 'random',
    label: 'Random',
    title: 'Values at random, spread as the series is; press again for others',
  },
  { kind: 'hand', label: 'Your hand', title: 'What you drew last' },
];

/** Where the seed comes from. Buttons, since pressing the one that is taken gives another piece. */
export function SeedChoices({ session }: { readonly session: GenerateSession }) {
  const taken = useStore(session.store, (state) => state.kind);
  return (
    <fieldset className="seed-choices">
      <legend className="visually-hidden">Seed</legend>
      {CHOICES.map(({ kind, label, title }) => (
        <button
          key={kind}
          type="button"
          title={title}
          aria-pressed={kind === taken}
          onClick={() => session.choose(kind)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

export function ListenButton({ listening }: { readonly listening: Listening }) {
  return (
    <Button className="listen" title="Hear seed and continuation as sound" onClick={listening.toggle}>
      {listening.playing ? <Square fill="currentColor" aria-hidden="true" /> : <PlayIcon />}
      {listening.playing ? 'Stop' : 'Listen'}
    </Button>
  );
}
