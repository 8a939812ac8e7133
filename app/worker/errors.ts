/** Errors that cross from the worker to the page with their name and their own plain fields, such as `field`. */
import { transferHandlers, type TransferHandler } from 'comlink';

/** What is left of an error of the runtime on the page's side. */
export interface RuntimeError extends Error {
  /** Path to the value at fault, such as `train.rate`, where one value is. */
  readonly field?: string;
}

interface Thrown {
  readonly value: unknown;
}

/** Name, message, stack and every own field that is a plain value. */
function plainError(error: Error): Record<string, unknown> {
  const fields = Object.entries(error).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return {
    ...Object.fromEntries(fields),
    name: error.name,
    message: error.message,
    stack: error.stack,
  };
}

/** To be called once on either side, before the first call: comlink by itself keeps name and message alone. */
export function carryErrorFields(): void {
  const plain = transferHandlers.get('throw') as TransferHandler<Thrown, unknown>;
  transferHandlers.set('throw', {
    canHandle: (value): value is Thrown => plain.canHandle(value),
    serialize: (thrown) =>
      thrown.value instanceof Error
        ? [{ isError: true, value: plainError(thrown.value) }, []]
        : plain.serialize(thrown),
    deserialize: (sent) => plain.deserialize(sent),
  } satisfies TransferHandler<Thrown, unknown>);
}
