import { describe, expect, test } from 'vitest';
import {
  cellOf,
  documentText,
  neighbour,
  outline,
  replaceCell,
  startingCell,
} from '../../../app/notebook/document.ts';
import { withField } from '../../../app/notebook/fence.ts';
import { parseDocument } from '../../../app/notebook/parse.ts';

const TEXT = `# Opening

\`\`\`experiment
id: train
title: Train it # the only one
data: { source: sine-mix }
model: { cell: rnn, hidden: 100 }
train:
  batch: 50
  window: 20
  rate: 0.001 # as in the notes
  iterations: 1500
\`\`\`

## First

## Second
`;
const document = parseDocument(TEXT);

const change = (path: string, value: unknown) =>
  replaceCell(document, 'train', withField(cellOf(document, 'train')!, path, value));

describe('where the reader is', () => {
  test('begins at the first cell that runs, or the first of all', () => {
    expect(startingCell(document)).toBe('train');
    expect(startingCell(parseDocument('# Only words'))).toBe('only-words');
    expect(startingCell(parseDocument(''))).toBe('');
  });

  test('steps, and stays at the ends', () => {
    expect(neighbour(document, 'train', 1)).toBe('first');
    expect(neighbour(document, 'train', -1)).toBe('opening');
    expect(neighbour(document, 'first', 1)).toBe('first');
    expect(neighbour(document, 'opening', -1)).toBe('opening');
  });

  test('is chosen from live cells and sections', () => {
    expect(outline(document)).toEqual([
      { id: 'train', title: 'Train it' },
      { id: 'first', title: 'First', section: 0 },
      { id: 'first', title: 'Second', section: 1 },
    ]);
  });
});

describe('a setting', () => {
  test('gives a new document, in which only its field differs', () => {
    const changed = change('train.rate', 0.01);
    expect(cellOf(changed, 'train')).toMatchObject({
      kind: 'experiment',
      fence: { train: { rate: 0.01, batch: 50 } },
    });
    expect(documentText(changed)).toBe(TEXT.replace('rate: 0.001 #', 'rate: 0.01 #'));
    expect(documentText(document)).toBe(TEXT);
    expect(documentText(parseDocument(documentText(changed)))).toBe(documentText(changed));
  });

  test('may be one that was left out', () => {
    const changed = change('train.seed', 7);
    expect(cellOf(changed, 'train')).toMatchObject({ fence: { train: { seed: 7 } } });
    expect(documentText(changed)).toBe(TEXT.replace('iterations: 1500\n', 'iterations: 1500\n  seed: 7\n'));
  });

  test('that is not allowed makes the cell say so', () => {
    expect(cellOf(change('train.rate', -1), 'train')).toMatchObject({
      kind: 'problem',
      problems: [{ line: 9, field: 'train.rate' }],
    });
  });
});
