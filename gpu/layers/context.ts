import type { KernelFamily } from '../kernels/tiles.ts';

/** What every layer records with. */
export interface LayerContext {
  readonly family: KernelFamily;
  /** All parameters, flat; where there are `halves`, rounded as those are. */
  readonly parameters: GPUBuffer;
  /** The same with 16 bits each, two to a word: what time steps read where it is there. */
  readonly halves?: GPUBuffer;
}

/** All gradients, in the same places as the parameters they belong to. */
export interface GradientContext extends LayerContext {
  readonly gradients: GPUBuffer;
}

/** Where something lies in a buffer, in words of 4 bytes from its start. */
export interface Place {
  readonly buffer: GPUBuffer;
  readonly at: number;
}

/** Buffers by the names that a layer's or a model's sizes give. */
export type NamedBuffers = Readonly<Record<string, GPUBuffer>>;
