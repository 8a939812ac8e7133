/**
 * Reverse-mode differentiation of scalar formulas in float64: a formula is written forward only, and the tape has its
 * gradient, and the same sums over absolute terms. Shares no equation with the backward kernels that it judges.
 */
import type { Gradient } from '../../gpu/reference/oracle.ts';

/** A number on a tape, by its place there. */
export type Scalar = number;

export class Tape {
  readonly #values: number[] = [];
  readonly #parents: (readonly Scalar[])[] = [];
  readonly #partials: (readonly number[])[] = [];

  value(scalar: Scalar): number {
    return this.#values[scalar]!;
  }

  variable(value: number): Scalar {
    return this.#node(value, [], []);
  }

  variables(values: Float32Array): Scalar[] {
    return Array.from(values, (value) => this.variable(value));
  }

  add(...terms: readonly Scalar[]): Scalar {
    const sum = terms.reduce((total, term) => total + this.value(term), 0);
    return this.#node(
      sum,
      terms,
      terms.map(() => 1),
    );
  }

  /** Σ x·y */
  dot(xs: readonly Scalar[], ys: readonly Scalar[]): Scalar {
    const [left, right] = [xs.map((x) => this.value(x)), ys.map((y) => this.value(y))];
    const sum = left.reduce((total, x, index) => total + x * right[index]!, 0);
    return this.#node(sum, [...xs, ...ys], [...right, ...left]);
  }

  tanh(x: Scalar): Scalar {
    const y = Math.tanh(this.value(x));
    return this.#node(y, [x], [1 - y * y]);
  }

  exp(x: Scalar, minus: number): Scalar {
    const y = Math.exp(this.value(x) - minus);
    return this.#node(y, [x], [y]);
  }

  divide(x: Scalar, y: Scalar): Scalar {
    const [above, below] = [this.value(x), this.value(y)];
    return this.#node(above / below, [x, y], [1 / below, -above / below ** 2]);
  }

  /** Of Σ seeds·results, by each of some scalars. */
  gradient(results: readonly Scalar[], seeds: Float32Array): (of: readonly Scalar[]) => Gradient {
    const values = new Float64Array(this.#values.length);
    const magnitude = new Float64Array(this.#values.length);
    results.forEach((result, index) => {
      values[result]! += seeds[index]!;
      magnitude[result]! += Math.abs(seeds[index]!);
    });
    for (let node = values.length - 1; node >= 0; node -= 1) {
      const [parents, partials] = [this.#parents[node]!, this.#partials[node]!];
      for (let index = 0; index < parents.length; index += 1) {
        values[parents[index]!]! += values[node]! * partials[index]!;
        magnitude[parents[index]!]! += magnitude[node]! * Math.abs(partials[index]!);
      }
    }
    return (of) => ({
      values: Float64Array.from(of, (scalar) => values[scalar]!),
      magnitude: Float64Array.from(of, (scalar) => magnitude[scalar]!),
    });
  }

  #node(value: number, parents: readonly Scalar[], partials: readonly number[]): Scalar {
    this.#values.push(value);
    this.#parents.push(parents);
    this.#partials.push(partials);
    return this.#values.length - 1;
  }
}
