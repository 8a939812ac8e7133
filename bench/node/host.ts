/** Peers in Node, on Dawn: a process each. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host, RemoteSession } from '../host.ts';

/** Beside this module once it is bundled. */
const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));

interface Reply {
  /** 0 for the first, which says that the process is ready. */
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export const nodeHost: Host = {
  name: 'node',
  async open() {
    const session = new ChildSession(fork(CHILD, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
    await session.ready;
    return session;
  },
  close: () => Promise.resolve(),
};

class ChildSession implements RemoteSession {
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >();
  #calls = 0;
  /** The end of what the process has complained of. */
  #complaint = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ready = this.#answerTo(0);
    child.stderr!.on('data', (text: Buffer) => {
      this.#complaint = `${this.#complaint}${text.toString()}`.slice(-500);
    });
    child.on('message', (reply: Reply) => this.#receive(reply));
    child.on('exit', (code, signal) => {
      const error = new Error(`ended (${signal ?? `status ${code}`}) ${this.#complaint}`.trim());
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  call(method: string, ...values: readonly unknown[]): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    const answer = this.#answerTo(id);
    this.#child.send({ id, method, values });
    return answer;
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      this.#child.once('exit', () => resolve());
      this.#child.kill('SIGKILL');
    });
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive({ id, answer, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }
}
