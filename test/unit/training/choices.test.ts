import { describe, expect, it } from 'vitest';
import type { KernelChoice } from '../../../gpu/kernels/choice.ts';
import type { ModelConfiguration } from '../../../gpu/model/configuration.ts';
import { kernelChoices } from '../../../gpu/training/choices.ts';
import { smallConfiguration } from '../../support/small-run.ts';
import { SOFTWARE_STEPS } from '../../support/kernel-choices.ts';

const { training } = smallConfiguration();
const layer = { cell: 'rnn', hiddenSize: 8 };
const one: ModelConfiguration = { inputSize: 1, layers: [layer], outputSize: 1 };
const two: ModelConfiguration = { ...one, layers: [layer, layer] };

function choices(
  model: ModelConfiguration,
  adapter: 'software' | 'hardware',
  kernels: Partial<KernelChoice> = {},
): KernelChoice[] {
  return kernelChoices({ model, training, kernels }, adapter);
}

function values<Name extends keyof KernelChoice>(found: KernelChoice[], name: Name): Set<KernelChoice[Name]> {
  return new Set(found.map((choice) => choice[name]));
}

function hoistings(model: ModelConfiguration): Set<boolean> {
  return values(choices(model, 'software'), 'hoisted');
}

function recurrences(model: ModelConfiguration, adapter: 'software' | 'hardware'): Set<string> {
  return values(choices(model, adapter), 'recurrence');
}

describe('the kernels worth comparing', () => {
  it('of a software adapter are its own, a dispatch a time step', () => {
    expect(choices(one, 'software')).toEqual([SOFTWARE_STEPS]);
    expect(values(choices(two, 'software'), 'family')).toEqual(new Set(['software']));
    expect(values(choices(two, 'software'), 'recurrence')).toEqual(new Set(['steps']));
  });

  it('of a GPU are its own, and last the steps for software adapters', () => {
    const families = choices(two, 'hardware').map(({ family }) => family);
    expect(families.filter((family) => family === 'software')).toHaveLength(1);
    expect(choices(two, 'hardware').at(-1)).toEqual({ ...SOFTWARE_STEPS, continuation: 'steps' });
  });

  it('are all time steps at once only where a GPU has a layer that is small enough', () => {
    const large = { cell: 'rnn', hiddenSize: 600 };
    const both = new Set(['sequence', 'steps']);
    expect(recurrences(one, 'software')).toEqual(new Set(['steps']));
    expect(recurrences(one, 'hardware')).toEqual(both);
    expect(recurrences({ ...one, layers: [large] }, 'hardware')).toEqual(new Set(['steps']));
    expect(recurrences({ ...one, layers: [large, layer] }, 'hardware')).toEqual(both);
    expect(recurrences({ ...one, feeding: 'own' }, 'hardware')).toEqual(new Set(['steps']));
    const encoder = { inputSize: 1, layers: [layer] };
    expect(recurrences({ ...one, feeding: 'own', encoder }, 'hardware')).toEqual(both);
  });

  it('are never the unfused ones, unless those are asked for', () => {
    expect(values(choices(two, 'hardware'), 'recurrence')).not.toContain('unfused');
    const asked = choices(two, 'hardware', { recurrence: 'unfused' });
    expect(values(asked, 'recurrence')).toEqual(new Set(['unfused']));
  });

  it('make input sums beforehand only where there is more than one input', () => {
    const both = new Set([true, false]);
    expect(hoistings(one)).toEqual(new Set([false]));
    expect(hoistings(two)).toEqual(both);
    expect(hoistings({ ...one, inputSize: 3 })).toEqual(both);
    expect(hoistings({ ...one, inputSize: 9, input: { kind: 'one-hot' } })).toEqual(new Set([false]));
    expect(hoistings({ ...one, inputSize: 9, input: { kind: 'embedding', size: 4 } })).toEqual(both);
    expect(hoistings({ ...two, feeding: 'own' })).toEqual(new Set([false]));
    expect(hoistings({ ...one, encoder: { inputSize: 3, layers: [layer] } })).toEqual(both);
  });

  it('all are as asked, in what was asked', () => {
    const asked = { family: 'software', hoisted: true } as const;
    for (const choice of choices(one, 'hardware', asked)) expect(choice).toMatchObject(asked);
    const whole = { ...SOFTWARE_STEPS, hoisted: true };
    expect(choices(two, 'hardware', whole)).toEqual([whole]);
  });
});
