/** A place where peers run, each in a process or page of its own that can be ended whatever it is doing. */
import type { SessionMethod } from './session.ts';

export interface Host {
  /** `node`, `chromium`. */
  readonly name: string;
  /** Opens what a session runs in. */
  open(): Promise<RemoteSession>;
  close(): Promise<void>;
}

/** A session of bench/session.ts somewhere else. */
export interface RemoteSession {
  /** @throws Error with what went wrong over there, or because it was ended. */
  call(method: SessionMethod, ...values: readonly unknown[]): Promise<unknown>;
  end(): Promise<void>;
}
