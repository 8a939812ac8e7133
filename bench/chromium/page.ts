/** A page of the benchmark: a session that the process driving the browser calls. */
import { Session, type SessionMethod } from '../session.ts';

declare global {
  /** Called by bench/chromium/host.mjs. */
  var callSession: ((method: SessionMethod, values: readonly unknown[]) => unknown) | undefined;
}

const session = new Session();

globalThis.callSession = (method, values) => {
  const work = session[method].bind(session) as (...values: readonly unknown[]) => unknown;
  return work(...values);
};
