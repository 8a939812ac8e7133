import { expect, it } from 'vitest';
import { generatedCsv } from '../../../app/cells/GenerateCsv.ts';

it('lists seed and continuation by step', () => {
  expect(generatedCsv(Float32Array.of(1, -0.1), [Float32Array.of(2.5, 1e-9)])).toBe(
    'step,part,value\n1,seed,1\n2,seed,-0.1\n3,generated,2.5\n4,generated,1e-9\n',
  );
});

it('gives every further draw a column of its own', () => {
  const draws = [Float32Array.of(1), Float32Array.of(2), Float32Array.of(3)];
  expect(generatedCsv(Float32Array.of(0), draws)).toBe(
    'step,part,value,draw 2,draw 3\n1,seed,0,,\n2,generated,1,2,3\n',
  );
});
