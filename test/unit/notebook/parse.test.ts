import { describe, expect, test } from 'vitest';
import {
  documentText,
  firstLine,
  type NotebookDocument,
  type ProblemCell,
} from '../../../app/notebook/document.ts';
import { checkReferences, parseDocument, referredLessons } from '../../../app/notebook/parse.ts';

const EXPERIMENT = `id: train
title: Train it
data: { source: sine-mix, noise: 0.02 }
model: { cell: rnn, hidden: 100 }
train: { batch: 50, window: 20, rate: 0.001, iterations: 1500 }`;

const fence = (kind: string, yaml: string) => `\`\`\`${kind}\n${yaml}\n\`\`\`\n`;

const around = (yaml: string, kind = 'experiment') =>
  parseDocument(`# Before\n\nWords.\n\n${fence(kind, yaml)}\n# After\n`);

/** The problems of a document, each as `line field: message`, lines counted in the document. */
function problems(document: NotebookDocument): string[] {
  return document.cells
    .filter((cell): cell is ProblemCell => cell.kind === 'problem')
    .flatMap((cell) =>
      cell.problems.map(
        ({ line, field, message }) => `${firstLine(document, cell.id) + line - 1} ${field}: ${message}`,
      ),
    );
}

const kindsAndIds = (document: NotebookDocument) => document.cells.map(({ kind, id }) => `${kind} ${id}`);

const changed = (from: string, to: string) => {
  const yaml = EXPERIMENT.replace(from, to);
  expect(yaml).not.toBe(EXPERIMENT);
  const document = around(yaml);
  expect(document.cells.map((cell) => cell.kind)).toEqual(['prose', 'problem', 'prose']);
  return problems(document);
};

describe('a document', () => {
  const text = `# A title\n\nWords.\n\n${fence('experiment', EXPERIMENT)}\n## After it\n\nMore.\n\n### Deeper\n\n${fence(
    'generate',
    'id: pad\ntitle: Go on\nfrom: predict#train',
  )}`;
  const document = parseDocument(text);

  test('is split at its live fences', () => {
    expect(kindsAndIds(document)).toEqual([
      'prose a-title',
      'experiment train',
      'prose after-it',
      'generate pad',
    ]);
    expect(document.title).toBe('A title');
    expect(document.cells.map((cell) => cell.title)).toEqual(['A title', 'Train it', 'After it', 'Go on']);
  });

  test('is its cells joined, to the letter', () => {
    expect(documentText(document)).toBe(text);
    expect(documentText(parseDocument(text.replaceAll('\n', '\r\n')))).toBe(text);
  });

  test('gives defaults to what is left out', () => {
    const [, experiment, , generate] = document.cells;
    expect(experiment).toMatchObject({
      fence: {
        model: { layers: 1, dropout: 0, readout: 'every-step' },
        train: { optimizer: 'adam', clip: null, initializer: 'glorot', seed: 42, kernels: 'automatic' },
        show: ['loss', 'forecast'],
      },
    });
    expect(generate).toMatchObject({
      fence: { from: 'predict#train', seed: 'zeros', steps: 300, mode: 'carried', noise: 0 },
    });
  });

  test('knows the lessons that it refers to', () => {
    expect(referredLessons(document)).toEqual(['predict']);
  });

  test('may set cell, layers, dropout and optimiser', () => {
    const fields = { from: 'cell: rnn, hidden: 100', to: 'cell: lstm, hidden: 64, layers: 2, dropout: 0.1' };
    const yaml = EXPERIMENT.replace(fields.from, fields.to).replace('rate:', 'optimizer: rmsprop, rate:');
    expect(around(yaml).cells[1]).toMatchObject({
      kind: 'experiment',
      fence: {
        model: { cell: 'lstm', hidden: 64, layers: 2, dropout: 0.1 },
        train: { optimizer: 'rmsprop' },
      },
    });
  });

  test.each([
    ['quotes', '> '.repeat(32) + 'x', 32],
    ['lists in a line', '- '.repeat(32) + 'x', 32],
    ['lists', Array.from({ length: 32 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'), 32],
    ['emphasis', '*a _b '.repeat(125) + 'b_ a* '.repeat(125), 125],
  ])('may nest %s this deep and no deeper', (_, deep, times) => {
    expect(parseDocument(`Words.\n\n${deep}\n`).cells.map(({ kind }) => kind)).toEqual(['prose']);
    const deeper = deep.includes('*')
      ? `${deep}*c*`
      : `${deep}\n${'  '.repeat(times)}- x\n${'> '.repeat(times + 1)}x`;
    const document = parseDocument(`Words.\n\n${deeper}\n\nMore.\n`);
    expect(document.cells.map(({ kind }) => kind)).toEqual(['problem']);
    expect(problems(document)[0]).toMatch(
      /^\d+ : (Quotes and lists lie more than 32 deep|The paragraph has more than 500)/,
    );
    expect(documentText(document)).toContain(deep);
  });

  test('nested however deep is refused at once', () => {
    for (const mark of ['> ', '- ', '1. ', '![', '*a _b ']) {
      const began = performance.now();
      expect(problems(parseDocument(mark.repeat(50_000)))).toHaveLength(1);
      expect(performance.now() - began).toBeLessThan(1000);
    }
  });

  test('may have code, tables and rules however many marks they have', () => {
    const text =
      `\`\`\`text\n${'> '.repeat(99)}\n\`\`\`\n\n| a | b |\n| - | - |\n${'| *x* | **y** |\n'.repeat(300)}\n` +
      `* * *\n\n${'Some *words* and [more](#/predict).\n\n'.repeat(300)}`;
    expect(parseDocument(text).cells.map(({ kind }) => kind)).toEqual(['prose']);
  });

  test('may be empty, or without a heading', () => {
    expect(parseDocument('')).toEqual({ title: 'Untitled notebook', cells: [] });
    const plain = parseDocument('Only some words that go on for rather long.\n');
    expect(kindsAndIds(plain)).toEqual(['prose text']);
    expect(plain.cells[0]!.title).toBe('Only some words that go on for …');
  });

  test('leaves other code alone', () => {
    const code =
      fence('ts', 'const id: string = "a";\nconst title = 1;') +
      fence('yaml', 'id: x\ntitle: y') +
      fence('', 'x');
    expect(kindsAndIds(parseDocument(code))).toEqual(['prose text']);
  });

  test('gives prose an id of its own where headings are the same, or the same as a fence', () => {
    const same = `# Train\n\n${fence('experiment', EXPERIMENT)}\n# Train\n`;
    expect(kindsAndIds(parseDocument(same))).toEqual(['prose train-2', 'experiment train', 'prose train-3']);
  });
});

describe('a bad fence says where and what, and the rest works', () => {
  test.each([
    ['hidden: 100', 'hidden: 0', '9 model.hidden: is `0`. It must be a whole number from 1 to 1,024.'],
    ['hidden: 100', 'hidden: 2.5', '9 model.hidden: is `2.5`. It must be a whole number from 1 to 1,024.'],
    ['hidden: 100', 'hidden: many', '9 model.hidden: is `many`. It must be a whole number from 1 to 1,024.'],
    [
      'cell: rnn',
      'cell: lstn',
      '9 model.cell: is `lstn`. It must be `rnn`, `lstm` or `gru`. Did you mean `lstm`?',
    ],
    ['cell: rnn', 'cell: transformer', '9 model.cell: is `transformer`. It must be `rnn`, `lstm` or `gru`.'],
    ['hidden: 100', 'hidden: 100, dropout: 1', '9 model.dropout: is `1`. It must be a number from 0 to 0.9.'],
    [
      'rate: 0.001',
      'rate: 0.001, optimizer: adma',
      '10 train.optimizer: is `adma`. It must be `sgd`, `momentum`, `nesterov`, `rmsprop`, `adam` or `adamw`. Did you mean `adam`?',
    ],
    [
      'hidden: 100',
      'hidden: 100, layers: 9',
      '9 model.layers: is `9`. It must be a whole number from 1 to 3.',
    ],
    ['noise: 0.02', 'noise: 1e308', '8 data.noise: is `1e+308`. It must be a number from 0 to 1.'],
    ['noise: 0.02', 'noise: .nan', '8 data.noise: is `NaN`. It must be a number from 0 to 1.'],
    ['rate: 0.001', 'rate: -1', '10 train.rate: is `-1`. It must be a number greater than 0 and at most 10.'],
    ['title: Train it', 'title: [a, b]', '7 title: is a list. It must be a text of 1 to 80 letters.'],
    [
      'id: train',
      'id: Train It',
      '6 id: is `Train It`. It must be a name of lower-case letters, digits and hyphens, a letter first, such as `train`.',
    ],
  ])('%s → %s', (from, to, message) => {
    expect(changed(from, to)).toEqual([message]);
  });

  test('a decimal comma, which YAML takes for the end of a field', () => {
    expect(changed('rate: 0.001', 'rate: 0,001')).toEqual([
      '10 train.rate: is `0`. It must be a number greater than 0 and at most 10.',
      expect.stringMatching(/^10 train\.001: is not a field here/),
    ]);
  });

  test('a missing field, at the group that should hold it', () => {
    expect(changed(', iterations: 1500', '')).toEqual([
      '10 train.iterations: is missing. It must be a whole number from 1 to 1,000,000.',
    ]);
    expect(changed('title: Train it\n', '')).toEqual([
      '5 title: is missing. It must be a text of 1 to 80 letters.',
    ]);
    expect(changed('model: { cell: rnn, hidden: 100 }\n', '')).toEqual([
      '5 model: is missing. It must be a group of fields: cell, hidden, layers, dropout, readout.',
    ]);
  });

  test('a misspelled field, with what was meant and what is allowed', () => {
    expect(changed('rate: 0.001', 'raet: 0.001')).toEqual([
      '10 train.rate: is missing. It must be a number greater than 0 and at most 10.',
      '10 train.raet: is not a field here. Did you mean `rate`? Allowed are `batch`, `window`, `optimizer`, `rate`, `clip`, `initializer`, `iterations`, `seed` and `kernels`.',
    ]);
  });

  test('an entry of a list, on its own line', () => {
    const document = around(`${EXPERIMENT}\nshow:\n  - loss\n  - forcast`);
    expect(problems(document)).toEqual([
      '13 show.1: is `forcast`. It must be `loss` or `forecast`. Did you mean `forecast`?',
    ]);
  });

  test('every problem of a fence, not the first alone', () => {
    const document = around(EXPERIMENT.replace('hidden: 100', 'hidden: 0').replace('batch: 50', 'batch: x'));
    expect(problems(document).map((problem) => problem.split(':')[0])).toEqual([
      '9 model.hidden',
      '10 train.batch',
    ]);
  });

  test('YAML that cannot be read', () => {
    expect(problems(around('id: train\ntitle: "Train it\ndata: {'))[0]).toMatch(/^\d+ : This is not YAML: /);
    expect(problems(around('id: a\nid: b\ntitle: c'))).toEqual([
      '7 : This is not YAML: Map keys must be unique.',
    ]);
    expect(problems(around('- a\n- b'))).toEqual([
      '5 : Its content must be lines of the form `field: value`.',
    ]);
    expect(problems(around(''))).toEqual(['5 : Its content must be lines of the form `field: value`.']);
  });

  test('a bomb of aliases', () => {
    const bomb = `id: a\ntitle: b\nw: &a [x, x, x, x]\nv: &b [*a, *a, *a, *a]\nu: &c [*b, *b, *b, *b]\nt: [*c, *c, *c, *c]`;
    expect(problems(around(bomb))[0]).toMatch(
      /^5 : This is not YAML as a fence may hold: Excessive alias count/,
    );
  });

  test('a kind that there is not', () => {
    expect(problems(around(EXPERIMENT, 'experimnt'))).toEqual([
      '5 : There is no notebook cell of kind `experimnt`. Did you mean `experiment`? Kinds are `experiment` and `generate`.',
    ]);
    expect(problems(around(EXPERIMENT, 'question'))).toEqual([
      '5 : There is no notebook cell of kind `question`. Kinds are `experiment` and `generate`.',
    ]);
  });

  test('a fence that never ends', () => {
    const document = parseDocument(`Words.\n\n\`\`\`experiment\n${EXPERIMENT}\n`);
    expect(problems(document)).toEqual([
      '3 : The fence is never closed. A line of three backticks must end it.',
    ]);
  });

  test('an id used twice: the first stands', () => {
    const document = parseDocument(`${fence('experiment', EXPERIMENT)}\n${fence('experiment', EXPERIMENT)}`);
    expect(kindsAndIds(document)).toEqual(['experiment train', 'problem train-2']);
    expect(problems(document)).toEqual([
      '10 id: is `train`, which an earlier cell already has. Every id must be unique in its document.',
    ]);
  });
});

describe('a reference', () => {
  const predict = parseDocument(`# P\n\n${fence('experiment', EXPERIMENT)}`);
  const creative = (from: string) => parseDocument(fence('generate', `id: pad\ntitle: Go on\nfrom: ${from}`));
  const check = (from: string) =>
    problems(
      checkReferences(creative(from), (slug) => (slug === 'predict' ? predict : undefined), [
        'predict',
        'creative',
      ]),
    );

  test('to an experiment stands', () => expect(check('predict#train')).toEqual([]));

  test.each([
    ['predicts#train', '4 from: names no lesson: there is no `predicts`. Did you mean `predict`?'],
    ['weather#train', '4 from: names no lesson: there is no `weather`.'],
    [
      'predict#trian',
      '4 from: names no experiment: `predict` has no `trian` that trains. Did you mean `predict#train`? Its experiments: `predict#train`.',
    ],
    [
      'predict#p',
      '4 from: names no experiment: `predict` has no `p` that trains. Its experiments: `predict#train`.',
    ],
    ['train', '4 from: is `train`. It must be an experiment as `lesson#id`, such as `predict#train`.'],
  ])('%s', (from, message) => expect(check(from)).toEqual([message]));
});
