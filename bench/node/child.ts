/** A process of the benchmark: Dawn, and a session that its parent calls. */
import '../../test/support/dawn.ts';
import { waitSeldom } from '../../test/support/waiting.ts';
import { isSoftware } from '../../gpu/device/adapter.ts';
import { Session, type SessionMethod } from '../session.ts';

/** Read by jax-js, which looks for Firefox; Node 20 has none. */
if (!navigator.userAgent) {
  Object.defineProperty(navigator, 'userAgent', { value: `Node.js/${process.versions.node}` });
}

// Asking Dawn without a pause takes one of the cores that a software adapter computes with, from every peer.
const adapter = await navigator.gpu.requestAdapter();
if (adapter && isSoftware(adapter.info)) waitSeldom();

const session = new Session();

interface Call {
  readonly id: number;
  readonly method: SessionMethod;
  readonly values: readonly unknown[];
}

async function answer({ id, method, values }: Call): Promise<void> {
  try {
    const work = session[method].bind(session) as (...values: readonly unknown[]) => unknown;
    process.send!({ id, answer: await work(...values) });
  } catch (error) {
    process.send!({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (call: Call) => void answer(call));
process.on('disconnect', () => process.exit(0));
process.send!({ id: 0 });
