/** Which kernels a run takes where nothing else is asked for. */
import type { KernelChoice } from '../kernels/choice.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { ModelConfiguration, RunConfiguration, StackConfiguration } from '../model/configuration.ts';
import { layerInputSize } from '../model/shape.ts';

/** Features of an input that is worth a product of its own, and how many times as wide h may be. */
const WIDE = 32;
const TIMES = 4;

/** The same configuration with every kernel chosen. @param adapter the family of the adapter's kernels. */
export function withKernels(
  configuration: RunConfiguration,
  adapter: KernelFamily,
): RunConfiguration & { readonly kernels: KernelChoice } {
  const { model, kernels: asked } = configuration;
  return { ...configuration, kernels: { ...defaultKernels(model, asked?.family ?? adapter), ...asked } };
}

function defaultKernels(model: ModelConfiguration, family: KernelFamily): KernelChoice {
  return { family, recurrence: 'steps', hoisted: paysHoisted(model, family), weights: 'float32' };
}

/**
 * Whether to make the input sums of all time steps before the first. On a software adapter a register tile multiplies as
 * fast within a step as without: measured within a twentieth either way, so the sums' memory is saved. On a GPU it is
 * reasoned, not measured: a product over all rows reaches about three times the operations per second of a step, and
 * leaves the step, on which the next one waits, a shorter sum; what it costs is a write and a read of G·H sums a row,
 * which x·Wx repays where x is wide. A model fed with its own outputs has one step at a time to hoist: nothing is gained.
 */
function paysHoisted(model: ModelConfiguration, family: KernelFamily): boolean {
  if (family === 'software' || model.feeding === 'own') return false;
  return readsWidely(model) || (model.encoder !== undefined && readsWidely(model.encoder));
}

/** One-hot inputs do not count: their sums are looked up in any case. */
function readsWidely(stack: StackConfiguration): boolean {
  return stack.layers.some(({ hiddenSize }, index) => {
    const width = index === 0 && stack.input?.kind === 'one-hot' ? 0 : layerInputSize(stack, index);
    return width >= WIDE && TIMES * width >= hiddenSize;
  });
}
