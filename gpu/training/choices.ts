/** Which kernels are worth comparing for a configuration on an adapter. */
import { type KernelChoice, type Recurrence, sameKernels } from '../kernels/choice.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { ModelConfiguration, RunConfiguration, StackConfiguration } from '../model/configuration.ts';
import { layerInputSize } from '../model/shape.ts';
import { hasSequence, withKernels } from './kernels.ts';

/**
 * First what a run takes by itself, then the others, likeliest first. What was asked for holds of all of them.
 *
 * On a software adapter a GPU's kernels lose by an order of magnitude, so they are not tried; on a GPU those for software
 * adapters are, last, since small GPUs differ. Unfused kernels are for comparison only, and
 * parameters are rounded only where that is asked for.
 * @param adapter the family of the adapter's kernels.
 */
export function kernelChoices(configuration: RunConfiguration, adapter: KernelFamily): KernelChoice[] {
  const { model, kernels: asked = {} } = configuration;
  const { kernels: byDefault } = withKernels(configuration, adapter);
  const families: KernelFamily[] = adapter === 'software' ? ['software'] : ['hardware', 'software'];
  const recurrences: Record<KernelFamily, Recurrence[]> = {
    hardware: hasSequence(model) ? ['sequence', 'steps'] : ['steps'],
    software: ['steps'],
  };
  const hoistings = hoists(model) ? [true, false] : [false];
  const others = families.flatMap((family) =>
    recurrences[family].flatMap((recurrence) =>
      hoistings.map((hoisted): KernelChoice => ({
        family,
        recurrence,
        hoisted,
        weights: 'float32',
        ...asked,
      })),
    ),
  );
  return [byDefault, ...others].filter(
    (choice, index, all) => all.findIndex((known) => sameKernels(known, choice)) === index,
  );
}

/**
 * Whether there are input sums to be made before the first time step, and a product to make them by. A model that reads
 * its own outputs goes one step at a time.
 */
function hoists(model: ModelConfiguration): boolean {
  const all = model.feeding !== 'own' && readsNumbers(model);
  return all || (model.encoder !== undefined && readsNumbers(model.encoder));
}

/** More than one at a time: the sums of a one-hot input are looked up in any case. */
function readsNumbers(stack: StackConfiguration): boolean {
  return stack.layers.some((_, index) => {
    const lookedUp = index === 0 && stack.input?.kind === 'one-hot';
    return !lookedUp && layerInputSize(stack, index) > 1;
  });
}
