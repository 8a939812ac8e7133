import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { generators } from '../../../app/data/generators.ts';
import { prepareSeries } from '../../../app/data/prepare.ts';
import { moments } from '../../../app/data/statistics.ts';

const entries = Object.entries(generators);

describe('sine-mix', () => {
  it('is t·sin(t)/3 + 2·sin(5t) for t from 0 to 30 by 0.1', () => {
    const values = generators['sine-mix']!.generate(0, 1);
    expect(values).toHaveLength(301);
    for (const [index, t] of [
      [0, 0],
      [123, 12.3],
      [300, 30],
    ] as const) {
      expect(values[index]).toBeCloseTo((t * Math.sin(t)) / 3 + 2 * Math.sin(5 * t), 12);
    }
  });
});

describe.each(entries)('%s', (_, generator) => {
  const clean = generator.generate(0, 1);

  it('is as long as it says and finite', () => {
    expect(clean).toHaveLength(generator.length);
    expect(clean.every(Number.isFinite)).toBe(true);
  });

  it('can be trained on with the lesson’s windows', () => {
    const prepared = prepareSeries(clean, { window: 20, heldOut: 'middle', missing: 'skip' });
    expect(prepared.trainingStarts.length).toBeGreaterThan(100);
    expect(prepared.heldOutStarts.length).toBeGreaterThanOrEqual(40);
  });

  it('is worth predicting: repeating the last value errs by over 0.01 of the variance', () => {
    let squares = 0;
    for (let index = 1; index < clean.length; index++) squares += (clean[index]! - clean[index - 1]!) ** 2;
    expect(squares / clean.length / moments(clean).deviation ** 2).toBeGreaterThan(0.01);
  });

  it('adds noise of the deviation asked for, and the same draw at every strength', () => {
    const { deviation } = moments(clean);
    const loud = generator.generate(0.5, 7).map((value, index) => value - clean[index]!);
    const quiet = generator.generate(0.05, 7).map((value, index) => value - clean[index]!);
    expect(moments(loud).deviation / deviation).toBeCloseTo(0.5, 1);
    for (const [index, value] of loud.entries()) expect(value).toBeCloseTo(10 * quiet[index]!, 9);
  });

  it('is made again by the same seed, and differs with another', () => {
    expect(generator.generate(0.1, 7)).toEqual(generator.generate(0.1, 7));
    expect(generator.generate(0.1, 8)).not.toEqual(generator.generate(0.1, 7));
  });

  it('has a formula that KaTeX can set', () => {
    expect(katex.renderToString(generator.formula, { throwOnError: true })).toContain('katex');
  });
});
