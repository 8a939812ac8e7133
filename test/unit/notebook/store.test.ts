import { expect, test } from 'vitest';
import { idFromCurrent, notebookStore, openLesson } from '../../../app/notebook/store.ts';

test('an address that is the name of a property of every object names no lesson', async () => {
  for (const slug of ['constructor', '__proto__']) {
    expect(idFromCurrent(slug, 0)).toBeUndefined();
    await openLesson(slug);
    expect(notebookStore.getState().documents[slug]).toBeNull();
  }
});

test('a lesson opens with the lessons that its cells refer to', async () => {
  await openLesson('creative');
  const { documents, current } = notebookStore.getState();
  expect(documents['predict']?.cells.map(({ id }) => id)).toContain('train');
  expect(current['creative']).toBe('pad');
});
