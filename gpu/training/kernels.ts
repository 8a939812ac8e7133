/** Which kernels a run takes where nothing else is asked for. */
import { cellOf } from '../cells/registry.ts';
import type { KernelChoice, Recurrence } from '../kernels/choice.ts';
import { fitsSequence, weightBytes } from '../kernels/sequences.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type {
  ModelConfiguration,
  RecurrentLayerConfiguration,
  RunConfiguration,
  StackConfiguration,
} from '../model/configuration.ts';
import { layerInputSize } from '../model/shape.ts';

/** Features of an input that is worth a product of its own, and how many times as wide h may be. */
const WIDE = 32;
const TIMES = 4;
/** Features of one that is worth it where all time steps are one dispatch, whatever h. */
const WIDE_IN_SEQUENCE = 8;

/** Recurrent weights of a layer whose time steps are one dispatch unless that is measured to be slower. */
const SURE_BYTES = 450_000;

/** The same configuration with every kernel chosen. @param adapter the family of the adapter's kernels. */
export function withKernels(
  configuration: RunConfiguration,
  adapter: KernelFamily,
): RunConfiguration & { readonly kernels: KernelChoice } {
  const { model, kernels: asked = {} } = configuration;
  const { family = adapter } = asked;
  const { recurrence = family === 'hardware' && paysSequence(model) ? 'sequence' : 'steps' } = asked;
  const { hoisted = paysHoisted(model, family, recurrence) } = asked;
  return {
    ...configuration,
    kernels: {
      family,
      recurrence,
      // Each step saved is two dispatches, whatever is fastest in training; not by a division for another kind of adapter.
      continuation: asked.continuation ?? (family === adapter ? 'sequence' : 'steps'),
      hoisted,
      precision: asked.precision ?? 'float32',
    },
  };
}

/** Whether a layer is small enough for its time steps to be one dispatch; fed with its own outputs a model has one at a time. */
export function hasSequence(model: ModelConfiguration): boolean {
  return sequences(model).length > 0;
}

/** The layers whose time steps can be one dispatch. */
function sequences(model: ModelConfiguration): RecurrentLayerConfiguration[] {
  const stacks = [...(model.feeding === 'own' ? [] : [model]), ...(model.encoder ? [model.encoder] : [])];
  return stacks.flatMap(({ layers }) =>
    layers.filter((layer) => fitsSequence(cellOf(layer), layer.hiddenSize)),
  );
}

/** Before anything is measured only where all of them are small: larger ones are for the reader's own GPU to decide. */
function paysSequence(model: ModelConfiguration): boolean {
  const layers = sequences(model);
  const bytes = layers.map((layer) => weightBytes(cellOf(layer), layer.hiddenSize));
  return layers.length > 0 && bytes.every((size) => size <= SURE_BYTES);
}

/**
 * Whether to make the input sums of all time steps before the first. On a software adapter a register tile multiplies as
 * fast within a step as without: iterations took from a tenth less to a fifth more, so the memory is saved. On a GPU it is
 * reasoned, not measured: a product over all rows reaches about three times the operations per second of a step, and
 * leaves the step, on which the next one waits, a shorter sum; what it costs is a write and a read of G·H sums a row,
 * which x·Wx repays where x is wide. A model fed with its own outputs has one step at a time to hoist: nothing is gained.
 * Where all time steps are one dispatch, Wx is not kept in registers as Wh is, and so a narrower x repays it.
 */
function paysHoisted(model: ModelConfiguration, family: KernelFamily, recurrence: Recurrence): boolean {
  if (family === 'software' || model.feeding === 'own') return false;
  return (
    readsWidely(model, recurrence) || (model.encoder !== undefined && readsWidely(model.encoder, recurrence))
  );
}

/** One-hot inputs do not count: their sums are looked up in any case. */
function readsWidely(stack: StackConfiguration, recurrence: Recurrence): boolean {
  return stack.layers.some((layer, index) => {
    const { hiddenSize } = layer;
    const width = index === 0 && stack.input?.kind === 'one-hot' ? 0 : layerInputSize(stack, index);
    const isSequence = recurrence === 'sequence' && fitsSequence(cellOf(layer), hiddenSize);
    return isSequence ? width >= WIDE_IN_SEQUENCE : width >= WIDE && TIMES * width >= hiddenSize;
  });
}
