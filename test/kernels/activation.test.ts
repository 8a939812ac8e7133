/** The project's own tanh and sigmoid where WGSL's go wrong: near zero and far from it. */
import { expect, test } from 'vitest';
import { shaderText } from '../../gpu/kernels/shaders.ts';
import { touching } from '../../gpu/kernels/work.ts';
import { runRecordings } from '../support/gpu.ts';

const POINTS = [
  0, 1e-30, 1e-8, 1e-4, 0.01, 0.3, 0.6249, 0.625, 0.6251, 1, 2, 5, 8.99, 9.01, 10, 20, 88, 89, 200, 1e30,
];
const INPUTS = Float32Array.from([...POINTS, ...POINTS.map((x) => -x)]);

async function evaluate(call: string): Promise<Float32Array> {
  const text = `
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(1)
    fn evaluate(@builtin(global_invocation_id) id: vec3u) { y[id.x] = ${call}; }`;
  const files = [
    { name: 'activation.wgsl', text: shaderText('common/activation.wgsl') },
    { name: 'evaluate.wgsl', text },
  ];
  const results = await runRecordings({ x: INPUTS.length, y: INPUTS.length }, { x: INPUTS }, ({ x, y }) => [
    {
      kernel: { name: 'evaluate', files, constants: {} },
      buffers: { x: x!, y: y! },
      uniform: {},
      workgroups: [INPUTS.length, 1],
      work: touching(2 * INPUTS.length),
    },
  ]);
  return results['y']!;
}

test('tanh errs by at most 2e-7, and near zero by at most 2e-7 of itself', async () => {
  const actual = await evaluate('safe_tanh(x[id.x])');
  INPUTS.forEach((x, index) => {
    const expected = Math.tanh(x);
    const allowed = 2e-7 * Math.max(Math.abs(expected), 1e-37);
    expect(Math.abs(actual[index]! - expected), `tanh(${x}) = ${actual[index]}`).toBeLessThanOrEqual(allowed);
  });
});

test('sigmoid errs by at most 2e-7', async () => {
  const actual = await evaluate('safe_sigmoid(x[id.x])');
  INPUTS.forEach((x, index) => {
    const expected = 1 / (1 + Math.exp(-x));
    expect(Math.abs(actual[index]! - expected), `sigmoid(${x}) = ${actual[index]}`).toBeLessThanOrEqual(2e-7);
  });
});
