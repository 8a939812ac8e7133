import { expose, proxy, wrap } from 'comlink';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError, OutOfMemoryError } from '../../../gpu/index.ts';
import { carryErrorFields } from '../../../app/worker/errors.ts';

carryErrorFields();
const { port1, port2 } = new MessageChannel();
const thrower = {
  configuration(): unknown {
    throw new ConfigurationError('train.rate', 'is 0; allowed: numbers greater than 0.');
  },
  async memory(): Promise<unknown> {
    throw new OutOfMemoryError(12_345, 'This model', 'Fewer neurons would fit.');
  },
  odd(): unknown {
    throw Object.assign(new TypeError('odd'), { element: () => 1, nested: { a: 1 } });
  },
  text(): unknown {
    // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error
    throw 'just text';
  },
  call: (listener: { hear(text: string): void }) => listener.hear('heard'),
};
expose(thrower, port1);
const remote = wrap<typeof thrower>(port2);

afterAll(() => {
  port1.close();
  port2.close();
});

describe('an error thrown in the worker', () => {
  it('keeps its name, message and field on the page', async () => {
    await expect(remote.configuration()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'train.rate: is 0; allowed: numbers greater than 0.',
      field: 'train.rate',
    });
    await expect(remote.configuration()).rejects.toBeInstanceOf(Error);
  });

  it('keeps numbers too', async () => {
    await expect(remote.memory()).rejects.toMatchObject({ name: 'OutOfMemoryError', wanted: 12_345 });
  });

  it('loses what cannot be sent, and no more', async () => {
    const error: unknown = await remote.odd().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'TypeError', message: 'odd' });
    expect(error).not.toHaveProperty('element');
    expect(error).not.toHaveProperty('nested');
  });

  it('may be no error at all', async () => {
    await expect(remote.text()).rejects.toBe('just text');
  });
});

it('listeners still come through as proxies', async () => {
  const heard = new Promise<string>((resolve) => {
    void remote.call(proxy({ hear: resolve }));
  });
  await expect(heard).resolves.toBe('heard');
});
