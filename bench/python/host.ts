/** Peers in PyTorch: one process for all of them, since loading it takes seconds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { initialState, parameterLayout } from '../../gpu/index.ts';
import { batchStarts } from '../../gpu/reference/windows.ts';
import {
  BATCHES,
  caseSeries,
  type GenerationMode,
  generationRequest,
  type Job,
  jobConfiguration,
} from '../cases.ts';
import type { Host, RemoteSession } from '../host.ts';
import { Replies, type Reply } from '../replies.ts';

/** Beside this module once it is bundled. */
const PEER = fileURLToPath(new URL('python/peer.py', import.meta.url));

const END_MS = 5000;

export function pythonHost(): Host {
  let python: Python | undefined;
  let sessions = 0;
  return {
    name: 'python',
    open: () => {
      if (!python || python.ended) python = new Python();
      sessions += 1;
      return Promise.resolve(new PythonSession(python, sessions));
    },
    close: () => {
      python?.end();
      return Promise.resolve();
    },
  };
}

class Python {
  readonly #child: ChildProcess;
  readonly #replies = new Replies();
  /** For the files of a job, which may be large. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  #complaint = '';
  #job = '';
  #data: object = {};

  constructor() {
    this.#child = spawn('python3', [PEER], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#replies.receive(JSON.parse(line) as Reply);
    });
    this.#child.stderr!.on('data', (text: Buffer) => {
      this.#complaint = `${this.#complaint}${text.toString()}`.slice(-500);
    });
    this.#child.on('error', (error) => this.#replies.fail(error.message));
    this.#child.stdin!.on('error', (error) => this.#replies.fail(error.message));
    this.#child.on('exit', () => {
      rmSync(this.#folder, { recursive: true, force: true });
      this.#replies.fail(`Python ended. ${this.#complaint}`);
    });
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  call(session: number, method: string, values: readonly unknown[]): Promise<unknown> {
    const { id, answer } = this.#replies.expect();
    this.#child.stdin!.write(`${JSON.stringify({ id, session, method, values })}\n`);
    return answer;
  }

  /** What a job starts from, in a file: weights, the series, and where the windows of the first batches begin. */
  dataOf(job: Job): object {
    const key = JSON.stringify(job);
    if (key === this.#job) return this.#data;
    const configuration = jobConfiguration(job);
    const { parameters } = initialState(configuration);
    const { values, features, trainingStarts } = caseSeries(job.test);
    const { batchSize, seed } = configuration.training;
    const file = join(this.#folder, 'job');
    writeFileSync(file, Buffer.concat([bytesOf(parameters), bytesOf(values)]));
    this.#job = key;
    this.#data = {
      file,
      parameters: parameters.length,
      views: parameterLayout(configuration.model).views,
      features,
      starts: Array.from({ length: BATCHES }, (_, iteration) =>
        Array.from(batchStarts(trainingStarts, batchSize, seed, iteration)),
      ),
    };
    return this.#data;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

class PythonSession implements RemoteSession {
  readonly #python: Python;
  readonly #id: number;

  constructor(python: Python, id: number) {
    this.#python = python;
    this.#id = id;
  }

  call(method: string, ...values: readonly unknown[]): Promise<unknown> {
    return this.#python.call(this.#id, method, this.#translated(method, values));
  }

  /** Gives the model's memory back; a process that does not answer is ended, and its other sessions with it. */
  async end(): Promise<void> {
    const late = setTimeout(() => this.#python.end(), END_MS);
    await this.#python.call(this.#id, 'end', []).catch(() => undefined);
    clearTimeout(late);
  }

  /** With what Python cannot know: the data of the job, the seed of a generation. */
  #translated(method: string, values: readonly unknown[]): readonly unknown[] {
    if (method === 'prepare') return [...values, this.#python.dataOf(values[1] as Job)];
    if (method !== 'generate') return values;
    const [mode, count, times] = values as [GenerationMode, number, number];
    return [mode, count, Array.from(generationRequest(mode, count).seed), times];
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
