import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlayer } from '../../../app/audio/player.ts';
import { SAMPLE_RATE } from '../../../app/audio/sound.ts';

/** As much of Web Audio as the player uses; time stands still unless a test moves it. */
class FakeParam {
  readonly ramps: number[] = [];
  value: number;
  constructor(value: number) {
    this.value = value;
  }
  linearRampToValueAtTime(value: number) {
    this.ramps.push(value);
  }
  setValueAtTime() {}
  cancelScheduledValues() {}
  setTargetAtTime(value: number) {
    this.value = value;
  }
}

class FakeNode extends EventTarget {
  connect<Node>(node: Node): Node {
    return node;
  }
  disconnect() {}
}

class FakeGain extends FakeNode {
  readonly gain: FakeParam;
  constructor(_context: FakeContext, { gain }: { gain: number }) {
    super();
    this.gain = new FakeParam(gain);
    gains.push(this);
  }
}

class FakeSource extends FakeNode {
  offset = Number.NaN;
  constructor() {
    super();
    sources.push(this);
  }
  start(_when: number, offset: number) {
    this.offset = offset;
  }
  stop() {
    this.end();
  }
  end() {
    this.dispatchEvent(new Event('ended'));
  }
}

class FakeContext {
  readonly destination = new FakeNode();
  currentTime = 0;
  closed = false;
  constructor() {
    contexts.push(this);
  }
  createBuffer(_channels: number, length: number) {
    const samples = new Float32Array(length);
    return { getChannelData: () => samples };
  }
  close() {
    this.closed = true;
    return Promise.resolve();
  }
}

const contexts: FakeContext[] = [];
const sources: FakeSource[] = [];
const gains: FakeGain[] = [];
const second = new Float32Array(SAMPLE_RATE);

beforeEach(() => {
  for (const made of [contexts, sources, gains]) made.length = 0;
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('AudioBufferSourceNode', FakeSource);
  vi.stubGlobal('GainNode', FakeGain);
  return () => vi.unstubAllGlobals();
});

describe('the player', () => {
  it('opens nothing before it is asked to play', () => {
    const player = createPlayer(() => undefined, 0.5);
    player.setVolume(0.8);
    player.stop();
    expect(contexts).toHaveLength(0);
    expect(player.position()).toBeNull();
  });

  it('plays at the volume last set, and follows it', () => {
    const player = createPlayer(() => undefined, 0.5);
    player.setVolume(1);
    player.play(second);
    expect(gains[0]!.gain.value).toBe(1);
    player.setVolume(0);
    expect(gains[0]!.gain.value).toBe(0);
  });

  it('stops with a fade, closes its context and says so', () => {
    const silence = vi.fn<() => void>();
    const player = createPlayer(silence, 0.5);
    player.play(second);
    contexts[0]!.currentTime = 0.25;
    expect(player.position()).toBe(0.25);
    player.stop();
    expect(gains.at(-1)!.gain.ramps).toEqual([0]);
    expect(contexts[0]!.closed).toBe(true);
    expect(silence).toHaveBeenCalledTimes(1);
    expect(player.position()).toBeNull();
  });

  it('closes its context when the sound is over by itself', () => {
    const silence = vi.fn<() => void>();
    const player = createPlayer(silence, 0.5);
    player.play(second);
    sources[0]!.end();
    expect(contexts[0]!.closed).toBe(true);
    expect(silence).toHaveBeenCalledTimes(1);
  });

  it('goes on with another sound at the same place, in the same context', () => {
    const silence = vi.fn<() => void>();
    const player = createPlayer(silence, 0.5);
    player.play(second);
    contexts[0]!.currentTime = 0.4;
    player.replace(second);
    expect(sources.map(({ offset }) => offset)).toEqual([0, 0.4]);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]!.closed).toBe(false);
    expect(silence).not.toHaveBeenCalled();
    expect(player.position()).toBe(0.4);
  });

  it('replaces nothing in silence', () => {
    createPlayer(() => undefined, 0.5).replace(second);
    expect(contexts).toHaveLength(0);
  });
});
