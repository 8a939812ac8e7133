import { readdirSync, readFileSync } from 'node:fs';
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { lessons, lessonText } from '../../../app/lessons/index.ts';
import { parseDocument } from '../../../app/notebook/parse.ts';
import { notebookStore, openLesson } from '../../../app/notebook/store.ts';
import { texOptions } from '../../../app/notebook/tex.ts';

const slugs = lessons.map((lesson) => lesson.slug);

test('every lesson of the course is written, and every one written is of the course', () => {
  const files = readdirSync(new URL('../../../app/lessons', import.meta.url)).filter((name) =>
    name.endsWith('.md'),
  );
  expect(files.map((name) => name.slice(0, -3)).toSorted()).toEqual(slugs.toSorted());
});

test('a lesson that does not exist is none', async () => {
  expect(await lessonText('nothing')).toBeUndefined();
  await openLesson('nothing');
  expect(notebookStore.getState().documents['nothing']).toBeNull();
});

describe.each(slugs)('%s', (slug) => {
  test('opens without a problem', async () => {
    await openLesson(slug);
    const { documents, current } = notebookStore.getState();
    const cells = documents[slug]!.cells;
    expect(cells.flatMap((cell) => (cell.kind === 'problem' ? cell.problems : []))).toEqual([]);
    expect(cells[0]!.kind).toBe('prose');
    expect(cells.map((cell) => cell.id)).toContain(current[slug]);
  });

  test('has formulas that can be set', async () => {
    const text = (await lessonText(slug))!;
    const found = [...text.matchAll(/\$\$([^$]+)\$\$|\$([^$\n]+)\$/g)];
    expect(found.length).toBeGreaterThan(2);
    for (const [, display, inline] of found) {
      expect(() => katex.renderToString(display ?? inline!, texOptions(display !== undefined))).not.toThrow();
    }
  });

  test('links only to lessons that there are', async () => {
    const text = (await lessonText(slug))!;
    for (const [, target] of text.matchAll(/\]\(#\/([^)]*)\)/g)) expect(slugs).toContain(target);
  });

  test('has one title, and sections under it', async () => {
    const document = parseDocument((await lessonText(slug))!);
    const text = document.cells
      .filter((cell) => cell.kind === 'prose')
      .map((cell) => cell.text)
      .join('\n');
    expect(text.match(/^# /gm)).toHaveLength(1);
    expect(document.title).toBe(/^# (.*)$/m.exec(text)![1]);
  });
});

test('opening creative opens predict as well, to which it refers', async () => {
  await openLesson('creative');
  expect(notebookStore.getState().documents['predict']).toBeTruthy();
});

test('the examples of the format’s description are right', () => {
  const text = readFileSync(new URL('../../../app/notebook/FORMAT.md', import.meta.url), 'utf8');
  const kinds = parseDocument(text).cells.map((cell) => cell.kind);
  expect(kinds).toEqual(['prose', 'experiment', 'prose', 'generate', 'prose']);
});
