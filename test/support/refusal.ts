import { expect } from 'vitest';
import { ConfigurationError } from '../../gpu/index.ts';

/** The configuration error of what cannot be; any other error, or none, fails the test. */
export function refusal(work: () => unknown): ConfigurationError {
  let refused: unknown;
  try {
    work();
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(ConfigurationError);
  return refused as ConfigurationError;
}
