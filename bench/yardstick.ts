/** What an adapter can do at the most, measured beside the peers that run on it. */
import type { Host, RemoteSession } from './host.ts';
import type { Adapter } from './session.ts';

export class Yardstick {
  readonly place: string;
  readonly #session: RemoteSession;
  #last: Adapter;

  static async open(host: Host): Promise<Yardstick> {
    const session = await host.open();
    return new Yardstick(host.name, session, await measured(session));
  }

  private constructor(place: string, session: RemoteSession, first: Adapter) {
    this.place = place;
    this.#session = session;
    this.#last = first;
  }

  /** The adapter, as measured last. */
  get adapter(): Adapter {
    return this.#last;
  }

  /** Measures anew; resolves with 10⁹ float32 operations a second, or undefined where there is no adapter. */
  async gigaflops(): Promise<number | undefined> {
    this.#last = await measured(this.#session);
    return this.#last.gigaflops ?? undefined;
  }

  end(): Promise<void> {
    return this.#session.end();
  }
}

function measured(session: RemoteSession): Promise<Adapter> {
  return session.call('adapter') as Promise<Adapter>;
}
