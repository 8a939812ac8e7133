/** The parameters as layers read them: as they are, or rounded to 16 bits; see KernelChoice. */
import type { Recording } from '../kernels/plan.ts';
import type { KernelFamily } from '../kernels/tiles.ts';
import type { LayerContext, NamedBuffers } from '../layers/context.ts';
import { recordHalves } from '../layers/halves.ts';
import type { Network, NetworkUse } from './network.ts';

/** What layers record with, and what goes before them after every update. */
export function layerContext(
  family: KernelFamily,
  { layout }: Network,
  { halves: isRounded }: NetworkUse,
  buffers: NamedBuffers,
): { context: LayerContext; rounding: Recording[] } {
  const parameters = buffers['parameters']!;
  if (!isRounded) return { context: { family, parameters }, rounding: [] };
  const [halves, rounded] = [buffers['halves']!, buffers['rounded']!];
  return {
    context: { family, parameters: rounded, halves },
    rounding: [recordHalves(family, parameters, { halves, rounded }, layout.length)],
  };
}
