import { gaussian, pcg4d, uniform } from '../../gpu/model/random.ts';

/** Random numbers that are the same in every run of a test. */
export class RandomSource {
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** In (0, 1). */
  uniform(): number {
    return uniform(this.#next()[0]);
  }

  /** A whole number from `lowest` to `highest`. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.uniform() * (highest - lowest + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** Normal numbers of a standard deviation, rounded to float32 so that both engines read the same. */
  normals(length: number, deviation = 1): Float32Array {
    return Float32Array.from({ length }, () => {
      const [u, v] = this.#next();
      return deviation * gaussian(uniform(u), uniform(v));
    });
  }

  #next(): [number, number, number, number] {
    this.#count += 1;
    return pcg4d(this.#seed, this.#count, 0, 0x54455354);
  }
}
