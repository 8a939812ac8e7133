/** Things made for a shape of request and kept while they are asked for again and again: the least recently used one goes. */
export class Recent<Made extends { destroy(): void }> {
  readonly #most: number;
  readonly #made = new Map<string, Promise<Made>>();
  #destroyed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The one made for a key, or a new one; where that cannot be made, the next call tries again.
   * Who awaits it uses it before a later call can destroy it.
   * @throws Error once all were destroyed: nobody would destroy what is made then.
   */
  get(key: string, make: () => Promise<Made>): Promise<Made> {
    if (this.#destroyed) return Promise.reject(new Error('The run was closed.'));
    const found = this.#made.get(key) ?? make();
    this.#made.delete(key);
    this.#made.set(key, found);
    found.catch(() => this.#made.get(key) === found && this.#made.delete(key));
    if (this.#made.size > this.#most) {
      const [oldest, leaving] = this.#made.entries().next().value!;
      this.#made.delete(oldest);
      leaving.then((made) => made.destroy()).catch(() => undefined);
    }
    return found;
  }

  destroy(): void {
    this.#destroyed = true;
    for (const made of this.#made.values()) made.then((one) => one.destroy()).catch(() => undefined);
    this.#made.clear();
  }
}
