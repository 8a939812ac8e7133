/** Peers in Node, on Dawn: a process each. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host, RemoteSession } from '../host.ts';
import { Replies, type Reply } from '../replies.ts';

/** Beside this module once it is bundled. */
const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));

/** A process answers to this number once it is ready. */
const READY = 0;

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
  readonly #replies = new Replies();
  /** The end of what the process has complained of. */
  #complaint = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ready = this.#replies.answerTo(READY);
    child.stderr!.on('data', (text: Buffer) => {
      this.#complaint = `${this.#complaint}${text.toString()}`.slice(-500);
    });
    child.on('message', (reply: Reply) => this.#replies.receive(reply));
    child.on('exit', (code, signal) => {
      this.#replies.fail(`ended (${signal ?? `status ${code}`}) ${this.#complaint}`.trim());
    });
  }

  call(method: string, ...values: readonly unknown[]): Promise<unknown> {
    const { id, answer } = this.#replies.expect();
    if (this.#child.connected) this.#child.send({ id, method, values });
    return answer;
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      this.#child.once('exit', () => resolve());
      this.#child.kill('SIGKILL');
    });
  }
}
