import { describe, expect, it } from 'vitest';
import { experimentSettings, type ExperimentSettings } from '../../../app/notebook/schema.ts';
import { configurationOf, sameRun } from '../../../app/worker/configuration.ts';
import { validateConfiguration } from '../../../gpu/index.ts';

type Change = { model?: Partial<ExperimentSettings['model']>; train?: Partial<ExperimentSettings['train']> };

function settings({ model, train }: Change = {}): ExperimentSettings {
  return experimentSettings.parse({
    data: { source: 'sine-mix' },
    model: { cell: 'rnn', hidden: 5, ...model },
    train: { batch: 4, window: 8, rate: 0.01, iterations: 40, ...train },
  });
}

describe('the configuration of an experiment', () => {
  it('has as many layers of the cell as are asked for', () => {
    const { model } = configurationOf(settings({ model: { cell: 'gru', layers: 3 } }));
    expect(model.layers).toEqual(Array.from({ length: 3 }, () => ({ cell: 'gru', hiddenSize: 5 })));
  });

  it('drops what each layer hands up, and names no dropout where nothing is dropped', () => {
    expect(configurationOf(settings({ model: { dropout: 0.2 } })).model.dropout).toEqual({
      between: 0.2,
      output: 0.2,
    });
    expect(configurationOf(settings()).model).not.toHaveProperty('dropout');
  });

  it.each(['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'] as const)(
    'is one that the runtime takes, with %s',
    (optimizer) => {
      const configuration = configurationOf(settings({ train: { optimizer }, model: { dropout: 0.5 } }));
      expect(configuration.training.optimizer).toMatchObject({ algorithm: optimizer, learningRate: 0.01 });
      expect(() => validateConfiguration(configuration)).not.toThrow();
    },
  );

  it('can go on with another rate, and with nothing else of the model', () => {
    const before = settings();
    expect(sameRun(before, settings({ train: { rate: 0.1 } }))).toBe(true);
    for (const model of [{ cell: 'lstm' }, { layers: 2 }, { dropout: 0.1 }] as const) {
      expect(sameRun(before, settings({ model }))).toBe(false);
    }
    expect(sameRun(before, settings({ train: { optimizer: 'nesterov' } }))).toBe(false);
  });
});
