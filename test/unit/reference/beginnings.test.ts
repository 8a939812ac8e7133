/** Initial states, inputs and what is read, each against a run of another kind. */
import { describe, expect, test } from 'vitest';
import type { ModelConfiguration } from '../../../gpu/index.ts';
import { parameterLayout } from '../../../gpu/model/parameters.ts';
import {
  at,
  B,
  CELLS,
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

describe('initial states and what is read', () => {
  test('an encoder hands on its final states: they are those of a run of its own', () => {
    const half = { ...LSTM, hiddenSize: 2, bidirectional: true };
    const whole = { ...LSTM, hiddenSize: 4 };
    const encoder = { inputSize: I, layers: [half] };
    const model = modelOf([whole], { encoder });
    const parameters = parametersOf(model);
    const source = {
      steps: 4,
      inputs: new RandomSource(5).normals(4 * B * I),
      lengths: Uint32Array.of(4, 1, 2),
    };
    const examples = examplesOf({ source });
    const alone = { ...encoder, outputSize: 4, readout: 'none' } as const;
    const aloneParameters = parametersOf(alone);
    for (const { name } of parameterLayout(alone).views) {
      view(alone, aloneParameters, name).set(view(model, parameters, `encoder.${name}`));
    }
    const read = run(alone, { ...source, count: B, targets: new Float32Array(B * 4) }, {}, aloneParameters);
    // [h forward, c forward, h reverse, c reverse], each [B, 2], as [h, c], each [B, 4].
    const [hf, cf, hr, cr] = steps(4).map((s) => read.finalStates[0]!.slice(s * B * 2, (s + 1) * B * 2));
    const joined = [
      [hf, hr],
      [cf, cr],
    ].flatMap(([f, r]) => steps(B).flatMap((b) => [...at(f!, 0, b, 2), ...at(r!, 0, b, 2)]));
    const given = { initialStates: [Float64Array.from(joined) as unknown as Float32Array] };
    expect(run(model, examples, given, parameters).outputs).toEqual(
      run(model, examples, {}, parameters).outputs,
    );
    expectSame(read.outputs, joined.slice(0, B * 4));
  });

  test('a vector makes the initial states: columns by layer, direction and state', () => {
    const model = modelOf([{ ...LSTM, bidirectional: true }, CELLS[4]!], { vectorSize: 2 });
    const parameters = parametersOf(model);
    const vectors = new RandomSource(6).normals(B * 2);
    const [V, e] = [view(model, parameters, 'start.V'), view(model, parameters, 'start.e')];
    expect(e.length).toBe(5 * H);
    const column = (block: number): number[] =>
      steps(B).flatMap((b) =>
        steps(H).map((unit) => {
          const c = block * H + unit;
          return vectors[2 * b]! * V[c]! + vectors[2 * b + 1]! * V[5 * H + c]! + e[c]!;
        }),
      );
    const { forward } = run(model, examplesOf({ vectors }), {}, parameters);
    const [two, one] = forward.main.layers;
    const slot = B * H;
    expectSame(two!.directions[0]!.states[0]!.slice(0, slot), column(0));
    expectSame(two!.directions[0]!.states[1]!.slice(0, slot), column(1));
    expectSame(two!.directions[1]!.states[0]!.slice(T * slot), column(2));
    expectSame(two!.directions[1]!.states[1]!.slice(T * slot), column(3));
    expectSame(one!.directions[0]!.states[0]!.slice(0, slot), column(4));
  });

  test('tokens are one-hot vectors, and embedded ones are rows of a table', () => {
    const V = 4;
    const layers = [{ ...CELLS[4]!, bidirectional: true }];
    const tokens = Uint32Array.from({ length: T * B }, (_, index) => (7 * index) % V);
    const oneHot = modelOf(layers, { inputSize: V, input: { kind: 'one-hot' } });
    const made = new Float32Array(tokens.length * V);
    tokens.forEach((token, row) => (made[row * V + token] = 1));
    const expected = run(modelOf(layers, { inputSize: V }), examplesOf({ inputs: made }));
    expectSame(run(oneHot, examplesOf({ inputs: tokens })).outputs, expected.outputs);

    const embedded = modelOf(layers, { inputSize: V, input: { kind: 'embedding', size: I } });
    const parameters = parametersOf(embedded);
    const E = view(embedded, parameters, 'embedding.E');
    const values = modelOf(layers);
    const rest = parametersOf(values);
    for (const { name } of parameterLayout(values).views) {
      view(values, rest, name).set(view(embedded, parameters, name));
    }
    const looked = Float32Array.from(
      Array.from(tokens).flatMap((token) => [...E.subarray(token * I, (token + 1) * I)]),
    );
    expectSame(
      run(embedded, examplesOf({ inputs: tokens }), {}, parameters).outputs,
      run(values, examplesOf({ inputs: looked }), {}, rest).outputs,
    );
  });

  test('the last step’s head reads both directions’ final h; without a head they are the outputs', () => {
    const layers = [{ ...LSTM, bidirectional: true }];
    const last = modelOf(layers, { readout: 'last-step' });
    const none = modelOf(layers, { readout: 'none', outputSize: 2 * H });
    const parameters = parametersOf(last);
    const lengths = Uint32Array.of(1, 5, 4);
    const examples = examplesOf({ lengths, targets: new Float32Array(B * O) });
    const { outputs, finalStates } = run(last, examples, {}, parameters);
    const final = run(
      none,
      { ...examples, targets: new Float32Array(B * 2 * H) },
      {},
      parameters.slice(0, parameterLayout(none).length),
    ).outputs;
    const slot = B * H;
    const [U, d] = [view(last, parameters, 'readout.U'), view(last, parameters, 'readout.d')];
    for (const b of steps(B)) {
      const h = [...at(finalStates[0]!, 0, b, H), ...at(finalStates[0]!.slice(2 * slot), 0, b, H)];
      expectSame(at(final, 0, b, 2 * H), h);
      const y = steps(O).map((o) => h.reduce((sum, value, j) => sum + value * U[j * O + o]!, d[o]!));
      expectSame(at(outputs, 0, b, O), y);
    }
  });

  test('an input at the first step only is followed by zeros', () => {
    const inputs = new RandomSource(8).normals(B * I);
    const padded = new Float32Array(T * B * I);
    padded.set(inputs);
    const first = modelOf([LSTM], { inputAt: 'first-step' });
    expect(run(first, examplesOf({ inputs })).outputs).toEqual(
      run(modelOf([LSTM]), examplesOf({ inputs: padded })).outputs,
    );
  });

  test('outputs fed back are the next inputs; of tokens the likeliest, of equal ones the lowest', () => {
    const model = modelOf([LSTM, CELLS[0]!], { feeding: 'own' });
    const { outputs, forward } = run(model, examplesOf());
    expect((forward.inputs.inputs as Float64Array).slice(B * I)).toEqual(outputs.slice(0, -B * O));
    const fixed = forward.inputs.inputs as unknown as Float32Array;
    expect(run({ ...model, feeding: 'given' }, examplesOf({ inputs: fixed })).outputs).toEqual(outputs);

    const speaks = modelOf([LSTM], { ...tokenModel(4), feeding: 'own' });
    const parameters = parametersOf(speaks);
    view(speaks, parameters, 'readout.U').fill(0);
    view(speaks, parameters, 'readout.d').set([0.5, 2, 1, 2]);
    const tokens = examplesOf({
      inputs: Uint32Array.from({ length: T * B }, () => 3),
      targets: new Uint32Array(T * B),
    });
    const said = run(speaks, tokens, {}, parameters).forward.inputs.inputs;
    expect([...said]).toEqual([...Array<number>(B).fill(3), ...Array<number>((T - 1) * B).fill(1)]);
  });
});

function tokenModel(vocabulary: number): Partial<ModelConfiguration> {
  return { inputSize: vocabulary, outputSize: vocabulary, input: { kind: 'one-hot' }, head: 'softmax' };
}
