/** Layers of every cell: lengths, directions, windows and residual connections, each against a run of another kind. */
import { describe, expect, test } from 'vitest';
import type { ModelConfiguration } from '../../../gpu/index.ts';
import { parameterLayout } from '../../../gpu/model/parameters.ts';
import {
  at,
  B,
  CELLS,
  cut,
  examplesOf,
  expectSame,
  H,
  I,
  modelOf,
  O,
  parametersOf,
  run,
  steps,
  T,
  view,
} from '../../support/facts.ts';

describe.each(CELLS)('$cell, $activation, $peepholes', (layer) => {
  const model = modelOf([layer, layer]);
  const examples = examplesOf();

  test('past its end a sequence’s state is frozen and its outputs are zero: as if it were run alone', () => {
    const lengths = Uint32Array.of(2, 5, 3);
    for (const bidirectional of [false, true]) {
      const both = modelOf([
        { ...layer, bidirectional },
        { ...layer, bidirectional },
      ]);
      const parameters = parametersOf(both);
      const together = run(both, { ...examples, lengths }, {}, parameters);
      lengths.forEach((length, b) => {
        const inputs = cut(examples.inputs as Float32Array, I, steps(length), [b]);
        const alone = run(both, examplesOf({ steps: length, count: 1, inputs }), {}, parameters);
        expectSame(
          steps(T).flatMap((t) => at(together.outputs, t, b, O)),
          [...alone.outputs, ...Array<number>((T - length) * O).fill(0)],
        );
        together.finalStates.forEach((states, l) => {
          const planes = states.length / (B * H);
          const row = steps(planes).flatMap((s) => at(states, s, b, H));
          expectSame(row, alone.finalStates[l]!);
        });
      });
    }
  });

  test('the reverse direction is the forward one on the sequence turned round', () => {
    const both = modelOf([{ ...layer, bidirectional: true }]);
    const parameters = parametersOf(both);
    const name = `${layer.cell}.l0`;
    for (const { name: own } of parameterLayout(both).views) {
      if (own.startsWith(`${name}.reverse.`)) {
        view(both, parameters, own).set(view(both, parameters, own.replace('.reverse', '')));
      }
    }
    const times = steps(T).reverse();
    const turned = cut(examples.inputs as Float32Array, I, times, [0, 1, 2]);
    const read = (inputs: Float32Array): Float64Array =>
      run(both, { ...examples, inputs }, {}, parameters).forward.main.outputs;
    const [there, back] = [read(examples.inputs as Float32Array), read(turned)];
    for (const t of steps(T)) {
      for (const b of steps(B)) {
        expectSame(at(there, t, b, 2 * H).slice(H), at(back, T - 1 - t, b, 2 * H).slice(0, H));
      }
    }
  });

  test('windows that carry the state are the whole sequence', () => {
    const inputs = examples.inputs as Float32Array;
    const whole = run(model, examples);
    const first = run(model, examplesOf({ steps: 2, inputs: inputs.subarray(0, 2 * B * I) }));
    const rest = run(
      model,
      examplesOf({ steps: 3, inputs: inputs.subarray(2 * B * I) }),
      // Not rounded: what is carried is float64.
      { initialStates: first.finalStates as unknown as Float32Array[] },
    );
    expect([...first.outputs, ...rest.outputs]).toEqual([...whole.outputs]);
    expect(rest.finalStates).toEqual(whole.finalStates);
  });

  test('a residual layer adds what it reads', () => {
    const [plain, residual] = [false, true].map((adds) => modelOf([layer, { ...layer, residual: adds }])) as [
      ModelConfiguration,
      ModelConfiguration,
    ];
    const parameters = parametersOf(plain);
    const [without, added] = [plain, residual].map(
      (each) => run(each, examples, {}, parameters).forward.main,
    );
    const expected = without!.outputs.map((h, index) => h + without!.layers[0]!.outputs[index]!);
    expectSame(added!.outputs, expected);
  });
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test('a peephole lets a gate see the cell state: i and f that before, o that after', () => {
  const one = { cell: 'lstm', hiddenSize: 1, peepholes: true };
  const model = modelOf([one]);
  const silent = new Float32Array(parameterLayout(model).length);
  view(model, silent, 'lstm.l0.b').set([0, 0, 0.7, 0]);
  for (const [name, value] of Object.entries({ pi: 0.3, pf: -0.8, po: 1.1 })) {
    view(model, silent, `lstm.l0.${name}`)[0] = value;
  }
  const before = Math.fround(0.6);
  const p = (name: string): number => view(model, silent, `lstm.l0.${name}`)[0]!;
  const g = Math.tanh(view(model, silent, 'lstm.l0.b')[2]!);
  const c = sigmoid(p('pf') * before) * before + sigmoid(p('pi') * before) * g;
  const h = sigmoid(p('po') * c) * Math.tanh(c);
  const initialStates = [Float32Array.of(0, 0, 0, before, before, before)];
  const { finalStates } = run(model, examplesOf({ steps: 1 }), { initialStates }, silent);
  expectSame(finalStates[0]!, [h, h, h, c, c, c]);
});
