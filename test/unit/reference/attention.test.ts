/** Attention, written out. */
import { describe, test } from 'vitest';
import {
  at,
  B,
  examplesOf,
  expectSame,
  H,
  I,
  LSTM,
  modelOf,
  O,
  parametersOf,
  run,
  steps,
  T,
  view,
} from '../../support/facts.ts';
import { RandomSource } from '../../support/random.ts';

describe('attention, written out', () => {
  test.each(['dot', 'additive'] as const)('%s', (attention) => {
    const encoder = { inputSize: I, layers: [LSTM] };
    const model = modelOf([LSTM], { encoder, attention });
    const parameters = parametersOf(model);
    const lengths = Uint32Array.of(4, 1, 2);
    const ours = Uint32Array.of(5, 2, 4);
    const source = { steps: 4, inputs: new RandomSource(5).normals(4 * B * I), lengths };
    const result = run(model, examplesOf({ source, lengths: ours }), {}, parameters);
    const { forward, attention: weights, outputs } = result;
    const p = (name: string): Float32Array => view(model, parameters, name);
    const times = (x: readonly number[], name: string): number[] =>
      steps(H).map((j) => x.reduce((sum, value, i) => sum + value * p(name)[i * H + j]!, 0));
    for (const b of steps(B)) {
      for (const t of steps(T)) {
        const h = at(forward.main.outputs, t, b, H);
        const e = steps(lengths[b]!).map((s) => at(forward.encoder!.outputs, s, b, H));
        const scores = e.map((each) => {
          if (attention === 'dot') return dot(h, each);
          const [q, k] = [times(h, 'attention.Wq'), times(each, 'attention.Wk')];
          return q.reduce((sum, value, j) => sum + p('attention.v')[j]! * Math.tanh(value + k[j]!), 0);
        });
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        const alpha = scores.map((score) => Math.exp(score) / total);
        const context = steps(H).map((j) => e.reduce((sum, each, s) => sum + alpha[s]! * each[j]!, 0));
        const c = p('attention.c');
        const a = times([...context, ...h], 'attention.C').map((sum, j) => Math.tanh(sum + c[j]!));
        const d = p('readout.d');
        const y = steps(O).map((o) =>
          a.reduce((sum, value, j) => sum + value * p('readout.U')[j * O + o]!, d[o]!),
        );
        const live = t < ours[b]! ? 1 : 0;
        expectSame(
          at(weights!, t, b, 4),
          steps(4).map((s) => live * (alpha[s] ?? 0)),
        );
        expectSame(
          at(outputs, t, b, O),
          y.map((value) => live * value),
        );
      }
    }
  });
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
