/** Who is measured, by the names of the command line, in the order of the table. */
import type { KernelChoice } from '../../gpu/index.ts';
import type { PreparePeer } from './peer.ts';

export interface PeerEntry {
  readonly name: string;
  readonly title: string;
  /** Loads the library that it needs, apart from what is timed. */
  readonly load: () => Promise<PreparePeer>;
}

/** Our own, by the kernels that are asked for. */
function unroll(name: string, title: string, kernels: Partial<KernelChoice>): PeerEntry {
  return { name, title, load: async () => (await import('./runtime.ts')).withKernels(kernels) };
}

function tensorflow(backend: 'webgpu' | 'wasm' | 'cpu', title: string): PeerEntry {
  return {
    name: `tensorflow-${backend}`,
    title: `TensorFlow.js, ${title}`,
    load: async () => (await import('./tensorflow.ts')).tensorflow(backend),
  };
}

function jax(device: 'webgpu' | 'wasm', title: string): PeerEntry {
  return {
    name: `jax-${device}`,
    title: `jax-js, ${title}`,
    load: async () => {
      await import('./wasm-heaps.ts');
      return (await import('./jax.ts')).jax(device);
    },
  };
}

export const PEERS: readonly PeerEntry[] = [
  unroll('unroll', 'Unroll', {}),
  unroll('unfused', 'Unroll, unfused', { recurrence: 'unfused' }),
  unroll('sequence', 'Unroll, whole sequence', { recurrence: 'sequence' }),
  {
    name: 'reference',
    title: 'Unroll’s reference, float64',
    load: async () => (await import('./runtime.ts')).reference,
  },
  { name: 'loop', title: 'typed-array loop', load: async () => (await import('./loop/index.ts')).loop },
  tensorflow('webgpu', 'WebGPU'),
  tensorflow('wasm', 'WASM'),
  tensorflow('cpu', 'CPU'),
  jax('webgpu', 'WebGPU'),
  jax('wasm', 'WASM'),
];

/** The peer that ratios refer to. */
export const OURS = 'unroll';

/** @throws Error naming what there is. */
export function findPeer(name: string): PeerEntry {
  const found = PEERS.find((peer) => peer.name === name);
  if (!found) throw new Error(`No peer ${name}. There are: ${PEERS.map((peer) => peer.name).join(', ')}.`);
  return found;
}
