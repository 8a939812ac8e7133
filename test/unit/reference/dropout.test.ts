/** Dropout by its formula. */
import { describe, expect, test } from 'vitest';
import { parameterLayout } from '../../../gpu/model/parameters.ts';
import {
  B,
  CELLS,
  examplesOf,
  expectSame,
  H,
  I,
  LSTM,
  modelOf,
  O,
  run,
  T,
  TRAINING,
} from '../../support/facts.ts';
import { pcg4dByPaper } from '../../support/pcg4d.ts';
import { RandomSource } from '../../support/random.ts';

describe('dropout', () => {
  const rate = 0.4;
  /** 0 or 1/(1 − p), by the formula. */
  const scaleAt = (place: number, iteration: number, element: number): number => {
    const bits = pcg4dByPaper(TRAINING.seed, iteration, element, 0x44524f50 + place)[3]!;
    return Math.floor(bits / 256) / 2 ** 24 >= Math.fround(rate) ? 1 / (1 - Math.fround(rate)) : 0;
  };
  /** `[T, B, width]` */
  const scales = (
    place: number,
    iteration: number,
    width: number,
    perSequence: boolean,
    count = T,
  ): number[] =>
    Array.from({ length: count * B * width }, (_, index) =>
      scaleAt(place, iteration, perSequence ? index % (B * width) : index),
    );

  test.each([false, true])('its scales follow from the counters, one mask a sequence: %s', (perSequence) => {
    const dropout = { input: rate, between: rate, output: rate, recurrent: rate, perSequence };
    const encoder = { inputSize: I, layers: [LSTM, LSTM], dropout };
    const layers = [
      { ...LSTM, bidirectional: false },
      { ...LSTM, bidirectional: false },
    ];
    const model = modelOf(layers, { encoder, dropout, attention: 'dot' });
    const source = { steps: T, inputs: new RandomSource(5).normals(T * B * I) };
    const { forward } = run(model, examplesOf({ source }), { dropoutAt: 9 });
    const stacks = [
      { trace: forward.main, first: 0 },
      { trace: forward.encoder!, first: 8192 },
    ];
    for (const { trace, first } of stacks) {
      expect([...trace.inputScales!]).toEqual(scales(first, 9, I, perSequence));
      trace.layers.forEach((layer, l) => {
        expect([...layer.scales!]).toEqual(scales(first + 16 * l + 1, 9, H, perSequence));
        const { recurrentScales } = layer.directions[0]!.use;
        expect([...recurrentScales!]).toEqual(scales(first + 16 * l + 2, 9, H, perSequence));
      });
    }
  });

  test('of a bidirectional layer: one output, two recurrent states', () => {
    const dropout = { output: rate, recurrent: rate };
    const { forward } = run(modelOf([{ ...LSTM, bidirectional: true }], { dropout }), examplesOf(), {
      dropoutAt: 1,
    });
    const [layer] = forward.main.layers;
    expect([...layer!.scales!]).toEqual(scales(1, 1, 2 * H, false));
    expect([...layer!.directions[0]!.use.recurrentScales!]).toEqual(scales(2, 1, H, false));
    expect([...layer!.directions[1]!.use.recurrentScales!]).toEqual(scales(3, 1, H, false));
  });

  test('the final h is dropped as at time step 0; without a head it is not', () => {
    const dropout = { output: rate };
    const examples = examplesOf({ targets: new Float32Array(B * O) });
    const { forward } = run(modelOf([LSTM], { dropout, readout: 'last-step' }), examples, { dropoutAt: 1 });
    expect([...forward.finalScales!]).toEqual(scales(1, 1, H, false, 1));
    const none = modelOf([LSTM], { dropout, readout: 'none', outputSize: H });
    const bare = examplesOf({ targets: new Float32Array(B * H) });
    expect(run(none, bare, { dropoutAt: 1 }).outputs).toEqual(run(none, bare).outputs);
  });

  test('W reads h(t−1) as it is left, and the cell as it was', () => {
    // GRU with z = ½·(…): with weights of zero h(t) = ½·n + ½·h(t−1) whatever is dropped.
    const model = modelOf([CELLS[4]!], { dropout: { recurrent: rate } });
    const silent = new Float32Array(parameterLayout(model).length);
    const initialStates = [new RandomSource(3).normals(B * H)];
    const request = { dropoutAt: 1, initialStates };
    const [final] = run(model, examplesOf(), request, silent).finalStates;
    expectSame(
      final!,
      Array.from(initialStates[0]!, (value) => value / 2 ** T),
    );
    const { forward } = run(model, examplesOf(), request);
    const [trace] = forward.main.layers[0]!.directions;
    const before = trace!.states[0]!.slice(0, T * B * H);
    const kept = scales(2, 1, H, false);
    expectSame(
      trace!.readHidden,
      before.map((h, index) => h * kept[index]!),
    );
  });

  test('nothing is dropped unless an iteration is named', () => {
    const dropped = modelOf([LSTM, LSTM], {
      dropout: { input: rate, between: rate, output: rate, recurrent: rate },
    });
    expect(run(dropped, examplesOf()).outputs).toEqual(run(modelOf([LSTM, LSTM]), examplesOf()).outputs);
  });
});
