/** Which kernels are worth comparing for a configuration on an adapter. */
import { type KernelChoice, type Recurrence, sameKernels } from '../kernels/choice.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { ModelConfiguration, RunConfiguration, StackConfiguration } from '../model/configuration.ts';
import { layerInputSize } from '../model/shape.ts';
import { hasSequence, withKernels } from './kernels.ts';

/**
 * First what a run takes by itself, then the others, likeliest first. What was asked for holds of all of them.
 *
 * On a software adapter a GPU's kernels lose by an order of magnitude, and whole sequences of 50 rows take between a fifth
 * less and a tenth more up to 64 units, from 100 on half as long again: neither is worth the second that a measurement
 * takes. On a GPU the steps for software adapters are, last, since small GPUs differ. Unfused kernels are
 * for comparison only.
 * @param adapter the family of the adapter's kernels.
 */
export function kernelChoices(configuration: RunConfiguration, adapter: KernelFamily): KernelChoice[] {
  const { kernels: asked = {} } = configuration;
  const choices = [{}, ...candidates(configuration.model, adapter)].map(
    (candidate) => withKernels({ ...configuration, kernels: { ...candidate, ...asked } }, adapter).kernels,
  );
  return choices.filter(
    (choice, index) => choices.findIndex((known) => sameKernels(known, choice)) === index,
  );
}

/** What is compared of them; the rest is as by default. */
function candidates(model: ModelConfiguration, adapter: KernelFamily): Partial<KernelChoice>[] {
  const hoistings = hoists(model) ? [true, false] : [false];
  const choices = (family: KernelFamily, recurrence: Recurrence): Partial<KernelChoice>[] =>
    hoistings.map((hoisted) => ({ family, recurrence, hoisted }));
  if (adapter === 'software') return choices('software', 'steps');
  return [
    ...(hasSequence(model) ? choices('hardware', 'sequence') : []),
    ...choices('hardware', 'steps'),
    { family: 'software', recurrence: 'steps', hoisted: false },
  ];
}

/** Whether there are input sums of several time steps to make at once, and a product to make them by. */
function hoists(model: ModelConfiguration): boolean {
  const stacks = [...(model.feeding === 'own' ? [] : [model]), ...(model.encoder ? [model.encoder] : [])];
  return stacks.some(readsNumbers);
}

function readsNumbers(stack: StackConfiguration): boolean {
  return stack.layers.some((_, index) => {
    // One-hot inputs are looked up in any case.
    const lookedUp = index === 0 && stack.input?.kind === 'one-hot';
    return !lookedUp && layerInputSize(stack, index) > 1;
  });
}
