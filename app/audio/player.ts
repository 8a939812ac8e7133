/** Plays one sound at a time. An audio context lives from a press of Listen until the sound is over, no longer. */
import { SAMPLE_RATE } from './sound.ts';

/** Fade at stop and from one sound to the next, in seconds: too short to notice, long enough not to click. */
const FADE = 0.04;

export interface Player {
  /** Samples at `SAMPLE_RATE`. Only from a click or a key: a page that speaks unasked is silenced by the browser, rightly. */
  play(samples: Float32Array): void;
  /** Goes on with another sound of the same length at the same place; nothing where nothing plays. */
  replace(samples: Float32Array): void;
  stop(): void;
  /** From 0 to 1, heard at once. */
  setVolume(volume: number): void;
  /** Seconds since the beginning, or null in silence. */
  position(): number | null;
}

interface Playing {
  readonly context: AudioContext;
  readonly volume: GainNode;
  source: AudioBufferSourceNode;
  fade: GainNode;
  startedAt: number;
}

/** @param onSilence called whenever a sound is over, by itself or by `stop` */
export function createPlayer(onSilence: () => void, initialVolume: number): Player {
  let playing: Playing | null = null;
  let volume = initialVolume;

  /** Fades what plays and closes its context; silence is reported at once. */
  function stop(): void {
    if (!playing) return;
    const ended = playing;
    playing = null;
    fadeOut(ended, () => void ended.context.close());
    onSilence();
  }

  /** A source that starts `offset` seconds into the samples, under a gain of its own. */
  function startSource(on: Pick<Playing, 'context' | 'volume'>, samples: Float32Array, offset: number) {
    const { context } = on;
    const buffer = context.createBuffer(1, Math.max(1, samples.length), SAMPLE_RATE);
    buffer.getChannelData(0).set(samples);
    const fade = new GainNode(context, { gain: offset > 0 ? 0 : 1 });
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(fade).connect(on.volume);
    if (offset > 0) fade.gain.linearRampToValueAtTime(1, context.currentTime + FADE);
    source.start(0, offset);
    source.addEventListener('ended', () => {
      if (playing?.source !== source) return;
      playing = null;
      void context.close();
      onSilence();
    });
    return { source, fade };
  }

  return {
    play(samples) {
      stop();
      const context = new AudioContext();
      const gain = new GainNode(context, { gain: loudness(volume) });
      gain.connect(context.destination);
      const started = startSource({ context, volume: gain }, samples, 0);
      playing = { context, volume: gain, ...started, startedAt: context.currentTime };
    },
    replace(samples) {
      if (!playing) return;
      const offset = playing.context.currentTime - playing.startedAt;
      const before = { ...playing };
      Object.assign(playing, startSource(playing, samples, offset));
      fadeOut(before, () => before.fade.disconnect());
    },
    stop,
    setVolume(wanted) {
      volume = wanted;
      playing?.volume.gain.setTargetAtTime(loudness(wanted), playing.context.currentTime, FADE / 3);
    },
    position() {
      return playing ? playing.context.currentTime - playing.startedAt : null;
    },
  };
}

/** The ear hears ratios: the square makes equal moves of the slider sound about equal. */
function loudness(volume: number): number {
  return volume * volume;
}

function fadeOut({ context, fade, source }: Playing, after: () => void): void {
  const now = context.currentTime;
  fade.gain.cancelScheduledValues(now);
  fade.gain.setValueAtTime(fade.gain.value, now);
  fade.gain.linearRampToValueAtTime(0, now + FADE);
  source.addEventListener('ended', after, { once: true });
  source.stop(now + FADE);
}
