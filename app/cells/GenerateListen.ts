/** Listening to what is on the pad. */
import { useCallback, useEffect, useState } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { createPlayer } from '../audio/player.ts';
import { soundOf, valuesPerSecond, type Voice } from '../audio/sound.ts';
import { throttled } from './GenerateQueue.ts';
import type { GenerateState } from './GenerateSession.ts';

export interface Listening {
  readonly playing: boolean;
  readonly voice: Voice;
  /** From 0 to 1. */
  readonly volume: number;
  /** Listen, or Stop. */
  readonly toggle: () => void;
  readonly setVoice: (voice: Voice) => void;
  readonly setVolume: (volume: number) => void;
  /** Where the sound is, in values from the seed's first; null in silence. */
  readonly position: () => number | null;
}

const FIRST_VOLUME = 0.6;

/** The sound follows the finger at most this often, in milliseconds: making it anew takes a while. */
const followInterval = () => 250;

/** Silent until `toggle` is called; the sound stops when the view goes. What is drawn meanwhile is taken up. */
export function useListening(store: StoreApi<GenerateState>): Listening {
  const [playing, setPlaying] = useState(false);
  const [voice, setVoice] = useState<Voice>('wave');
  const [volume, setVolume] = useState(FIRST_VOLUME);
  const [player] = useState(() => createPlayer(() => setPlaying(false), FIRST_VOLUME));

  useEffect(() => () => player.stop(), [player]);
  useEffect(() => {
    if (!playing) return undefined;
    const follow = throttled(() => player.replace(soundNow(store, voice)), followInterval);
    const unsubscribe = store.subscribe((now, before) => {
      if (now.sequences !== before.sequences) follow.call();
    });
    return () => {
      unsubscribe();
      follow.cancel();
    };
  }, [playing, player, store, voice]);

  const position = useCallback(() => {
    const seconds = player.position();
    return seconds === null ? null : seconds * valuesPerSecond(voice);
  }, [player, voice]);

  const play = (wanted: Voice) => {
    player.play(soundNow(store, wanted));
    setPlaying(true);
  };
  return {
    playing,
    voice,
    volume,
    position,
    toggle: () => (playing ? player.stop() : play(voice)),
    setVoice(wanted) {
      setVoice(wanted);
      if (playing) play(wanted);
    },
    setVolume(wanted) {
      setVolume(wanted);
      player.setVolume(wanted);
    },
  };
}

/** Seed and continuation in one, as they are now. */
function soundNow(store: StoreApi<GenerateState>, voice: Voice): Float32Array {
  const { seed, sequences } = store.getState();
  return soundOf(Float32Array.from([...seed, ...(sequences[0] ?? [])]), voice);
}
