/** What is kept for requests that come again, and when it is given back. */
import { expect, test } from 'vitest';
import { Recent } from '../../../gpu/training/recent.ts';

class Thing {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

const make = async (): Promise<Thing> => new Thing();

test('the least recently used one is destroyed, after whoever had asked for it has used it', async () => {
  const recent = new Recent<Thing>(2);
  const first = await recent.get('a', make);
  const used = recent.get('a', make).then((thing) => [thing === first, thing.destroyed]);
  const [, last] = await Promise.all(['b', 'c'].map((key) => recent.get(key, make)));
  expect(await used).toEqual([true, false]);
  expect([first.destroyed, last!.destroyed]).toEqual([true, false]);
});

test('what could not be made is tried again', async () => {
  const recent = new Recent<Thing>(2);
  await expect(recent.get('a', () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  expect(await recent.get('a', make)).toBeInstanceOf(Thing);
});

test('once all are destroyed, nothing more is made', async () => {
  const recent = new Recent<Thing>(2);
  const made = await recent.get('a', make);
  recent.destroy();
  await expect(recent.get('b', () => Promise.reject(new Error('made')))).rejects.toThrow(
    'The run was closed.',
  );
  await Promise.resolve();
  expect(made.destroyed).toBe(true);
});
