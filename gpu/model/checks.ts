/** Checks of single values, each naming the field, its value and what is allowed. */
import { ConfigurationError } from './errors.ts';

/** The smallest and largest normal numbers of 32 bits: what is beyond is 0 or infinite where it is computed with. */
const SMALLEST_FLOAT = 1.1754943508222875e-38;
export const LARGEST_FLOAT = 3.4028234663852886e38;

/** @throws ConfigurationError */
export function requireLength(field: string, values: { readonly length: number }, length: number): void {
  if (values.length !== length) {
    throw new ConfigurationError(field, `has ${values.length} numbers; this model needs ${length}.`);
  }
}

/** @throws ConfigurationError where the value is no whole number from 1. */
export function requireCount(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new ConfigurationError(field, `is ${value}; allowed: whole numbers from 1.`);
  }
}

/** @throws ConfigurationError where the value is no unsigned 32-bit integer. */
export function requireUint32(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new ConfigurationError(field, `is ${value}; allowed: whole numbers from 0 to 4294967295.`);
  }
}

/** @throws ConfigurationError where the value is not greater than 0, or a number of 32 bits cannot hold it. */
export function requirePositiveFloat(field: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new ConfigurationError(field, `is ${value}; allowed: numbers greater than 0.`);
  }
  if (value < SMALLEST_FLOAT || value > LARGEST_FLOAT) {
    throw new ConfigurationError(field, `is ${value}; allowed: numbers from 1.2e-38 to 3.4e38.`);
  }
}

/** @throws ConfigurationError unless 0 ≤ value < 1. */
export function requireFraction(field: string, value: number): void {
  // A file may hold text or null where a number belongs.
  if (!(Number.isFinite(value) && value >= 0 && value < 1)) {
    throw new ConfigurationError(field, `is ${value}; allowed: 0 ≤ value < 1.`);
  }
}

/** @throws ConfigurationError unless the value is one of those allowed, or left out. */
export function requireOneOf(field: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw new ConfigurationError(field, `is "${value}"; allowed: ${allowed.join(', ')}.`);
  }
}

/** @throws ConfigurationError unless the value is one of those allowed. */
export function requireKnown(field: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.some((known) => known === value)) {
    throw new ConfigurationError(field, `is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}.`);
  }
}
