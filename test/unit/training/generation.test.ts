import { expect, test } from 'vitest';
import { buildNetwork } from '../../../gpu/model/network.ts';
import { generatorShape, generatorSizes } from '../../../gpu/training/generation.ts';

const REQUEST = {
  seed: new Float32Array(4),
  steps: 3,
  mode: 'carried',
  window: 4,
  noise: 0,
  draws: 1,
  randomSeed: 1,
} as const;

test.each(['steps', 'sequence'] as const)(
  'a continuation by %s saves nothing for a backward sweep',
  (continuation) => {
    const layers = [{ cell: 'lstm', hiddenSize: 5 }];
    const network = buildNetwork({ inputSize: 1, layers, outputSize: 1 });
    const shape = generatorShape(REQUEST, network, { family: 'software', continuation }, false);
    expect(shape.fused).toBe(continuation === 'sequence');
    const names = Object.keys(generatorSizes(network, shape));
    expect(names).toContain('l0.states');
    expect(names).not.toContain('l0.saved');
  },
);
