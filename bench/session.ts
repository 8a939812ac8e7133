/** What a process or a page does for the benchmark: it holds one peer, and times what it is told to do. */
import { openEngine } from '../gpu/index.ts';
import { type GenerationMode, type Job, prepareJob } from './cases.ts';
import { countBufferBytes, countDispatches } from './counters.ts';
import { findPeer } from './peers/index.ts';
import type { PreparedPeer } from './peers/peer.ts';

export interface Timed {
  /** Of all that was asked for together. */
  readonly milliseconds: number;
}

export interface Trained extends Timed {
  readonly losses: readonly number[];
}

export interface Surveyed extends Trained {
  /** Dispatches of one training step; 0 where there is no GPU in it. */
  readonly dispatches: number;
  /** The most bytes alive at once so far. */
  readonly bytes: number;
}

export interface Adapter {
  readonly label: string;
  readonly software: boolean;
  /** Null where there is no adapter. */
  readonly gigaflops: number | null;
}

/** What a session can be asked, by name, from another process. Arguments and answers are plain values. */
export class Session {
  readonly #buffers = countBufferBytes();
  #peer: PreparedPeer | undefined;

  /** Opens the peer's library and device, makes the model, and trains one step: from nothing to the first loss. */
  async prepare(name: string, job: Job): Promise<Trained> {
    const { load } = findPeer(name);
    if (!load) throw new Error(`${name} does not run here.`);
    const prepare = await load();
    const prepared = prepareJob(job);
    const begun = performance.now();
    this.#peer = await prepare(prepared);
    const losses = await this.#peer.train(1);
    return { milliseconds: performance.now() - begun, losses };
  }

  async train(steps: number): Promise<Trained> {
    const peer = this.#require();
    const begun = performance.now();
    const losses = await peer.train(steps);
    return { milliseconds: performance.now() - begun, losses };
  }

  /** So many values, so many times. */
  async generate(mode: GenerationMode, values: number, times: number): Promise<Timed> {
    const peer = this.#require();
    const begun = performance.now();
    for (let time = 0; time < times; time += 1) await peer.generate(mode, values);
    return { milliseconds: performance.now() - begun };
  }

  /** One training step, and what it does. */
  async survey(): Promise<Surveyed> {
    const peer = this.#require();
    let trained: Trained | undefined;
    const step = async (): Promise<void> => {
      trained = await this.train(1);
    };
    let bytes = 0;
    const dispatches = await countDispatches(async () => {
      if (peer.bytesDuring) bytes = await peer.bytesDuring(step);
      else await step();
    });
    return { ...trained!, dispatches, bytes: bytes || this.#buffers.most() };
  }

  /** What the loop adds to the GPU's own time; null where that is not known. */
  async overhead(): Promise<number | null> {
    return (await this.#require().overhead?.()) ?? null;
  }

  /** What WebGPU runs on here, and what that can do at the most, measured anew by each call. */
  async adapter(): Promise<Adapter> {
    const { engine } = await openEngine();
    const { label, software } = engine.description;
    const ceiling = await engine.ceiling();
    engine.destroy();
    return { label, software, gigaflops: ceiling?.gigaflops ?? null };
  }

  #require(): PreparedPeer {
    if (!this.#peer) throw new Error('Nothing is prepared.');
    return this.#peer;
  }
}

/** By the name of a method: what a process or a page is sent. */
export type SessionMethod = 'prepare' | 'train' | 'generate' | 'survey' | 'overhead' | 'adapter';
