/** What an examination tells of the inside, and what is held. */
import { describe, expect, test } from 'vitest';
import { parameterLayout, parameterView } from '../../../gpu/model/parameters.ts';
import {
  at,
  B,
  CELLS,
  examplesOf,
  expectSame,
  H,
  LSTM,
  modelOf,
  O,
  parametersOf,
  run,
  steps,
  T,
  view,
} from '../../support/facts.ts';

describe('seeing inside and forcing', () => {
  const model = modelOf([LSTM, CELLS[4]!]);
  const examples = examplesOf({ lengths: Uint32Array.of(5, 2, 4) });

  test('gates make the states; past the end gates are 0 and states stay', () => {
    const { inside, finalStates } = run(model, examples, { inside: true });
    const [{ states, gates }, gru] = inside as [NonNullable<typeof inside>[0], NonNullable<typeof inside>[0]];
    expect(Object.keys(gates)).toEqual(['i', 'f', 'g', 'o']);
    expect(Object.keys(gru.gates)).toEqual(['r', 'z', 'n']);
    for (const t of steps(T).slice(1)) {
      for (const b of steps(B)) {
        const of = (sequence: Float64Array, time = t): number[] => at(sequence, time, b, H);
        const [c, before, h] = [of(states['c']!), of(states['c']!, t - 1), of(states['h']!)];
        const live = t < examples.lengths![b]!;
        const [i, f, g, o] = ['i', 'f', 'g', 'o'].map((name) => of(gates[name]!));
        expectSame(c, live ? before.map((value, j) => f![j]! * value + i![j]! * g![j]!) : before);
        expectSame(h, live ? c.map((value, j) => o![j]! * Math.tanh(value)) : of(states['h']!, t - 1));
        expect([...i!, ...o!].every((gate) => gate === 0)).toBe(!live);
      }
    }
    expectSame([...states['h']!.slice(-B * H), ...states['c']!.slice(-B * H)], finalStates[0]!);
  });

  test('‖∂L/∂h(t)‖ is the length of the gradient of a state that is given', () => {
    // After the last step only its own output reaches h.
    const top = modelOf([CELLS[0]!]);
    const parameters = parametersOf(top);
    const whole = examplesOf();
    const { inside, dOutputs, backward } = run(top, whole, { inside: true }, parameters);
    const norms = inside![0]!.hiddenGradientNorms;
    expect(norms.length).toBe(T * B);
    const U = view(top, parameters, 'readout.U');
    const last = at(dOutputs, T - 1, 1, O);
    const dh = steps(H).map((j) => last.reduce((sum, d, o) => sum + d * U[j * O + o]!, 0));
    expect(norms[(T - 1) * B + 1]).toBeCloseTo(Math.hypot(...dh), 14);
    expect(backward!.main.layers[0]!.directions[0]!.dHidden.length).toBe(T * B * H);
    const short = run(model, examples, { inside: true }).inside![1]!.hiddenGradientNorms;
    expect(Array.from(short, (norm) => norm > 0)).toEqual(
      steps(T).flatMap((t) => steps(B).map((b) => t < examples.lengths![b]!)),
    );
  });

  test('a gate that is held has the value, and gives no gradient to its weights', () => {
    const forcings = [{ layer: 0, what: 'f', value: 0.5 }];
    const { inside, gradient } = run(model, examples, { forcings, inside: true, gradient: true });
    const live = steps(T).flatMap((t) =>
      steps(B).flatMap((b) => steps(H).map(() => t < examples.lengths![b]!)),
    );
    expect([...inside![0]!.gates['f']!]).toEqual(live.map((is) => (is ? 0.5 : 0)));
    const { offset } = parameterView(parameterLayout(model), 'lstm.l0.b');
    expectSame(gradient!.values.slice(offset + H, offset + 2 * H), [0, 0, 0]);
    expect(Math.hypot(...gradient!.values.slice(offset, offset + H))).toBeGreaterThan(0);
  });

  test('a unit that is held has the value from the first step on; others are free', () => {
    const forcings = [
      { layer: 1, what: 'h', value: 9 },
      { layer: 1, what: 'h', unit: 2, value: -3 },
      { layer: 0, what: 'c', unit: 0, value: 1 },
    ];
    const { inside } = run(model, examplesOf(), { forcings, inside: true });
    for (const t of steps(T)) expect(at(inside![1]!.states['h']!, t, 0, H)).toEqual([9, 9, -3]);
    for (const t of steps(T)) expect(at(inside![0]!.states['c']!, t, 1, H)[0]).toBe(1);
    const free = run(model, examplesOf(), { inside: true }).inside!;
    expect(at(inside![0]!.states['c']!, 0, 1, H).slice(1)).toEqual(
      at(free[0]!.states['c']!, 0, 1, H).slice(1),
    );
  });
});
