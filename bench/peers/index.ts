/** Who is measured, by the names of the command line, in the order of the table. */
import type { KernelChoice, WebGpuOptions } from '../../gpu/index.ts';
import type { PreparePeer } from './peer.ts';

export interface PeerEntry {
  readonly name: string;
  readonly title: string;
  /** Names of hosts. */
  readonly places: readonly string[];
  /** 10⁹ operations a second that it cannot exceed: what would take too long even so is not begun. */
  readonly most?: number;
  /** Loads the library that it needs, apart from what is timed. Left out: it is no JavaScript. */
  readonly load?: () => Promise<PreparePeer>;
}

const JAVASCRIPT = ['node', 'chromium'];
/** Of one thread of JavaScript: a multiplication and an addition a cycle at 4 GHz. */
const THREAD = 8;

/** Our own, by the kernels that are asked for. */
function unroll(
  name: string,
  title: string,
  kernels: Partial<KernelChoice>,
  options: WebGpuOptions = {},
): PeerEntry {
  const load = async (): Promise<PreparePeer> => (await import('./runtime.ts')).withKernels(kernels, options);
  return { name, title, places: JAVASCRIPT, load };
}

function tensorflow(backend: 'webgpu' | 'wasm' | 'cpu', title: string): PeerEntry {
  return {
    name: `tensorflow-${backend}`,
    title: `TensorFlow.js, ${title}`,
    places: JAVASCRIPT,
    ...(backend === 'cpu' ? { most: THREAD } : {}),
    load: async () => (await import('./tensorflow.ts')).tensorflow(backend),
  };
}

function jax(device: 'webgpu' | 'wasm', title: string): PeerEntry {
  const load = async (): Promise<PreparePeer> => {
    await import('./jax/wasm-heaps.ts');
    return (await import('./jax/index.ts')).jax(device);
  };
  return { name: `jax-${device}`, title: `jax-js, ${title}`, places: JAVASCRIPT, load };
}

/** See bench/python/peer.py. */
function pytorch(name: string, title: string): PeerEntry {
  return { name, title: `PyTorch, ${title}`, places: ['python'] };
}

export const PEERS: readonly PeerEntry[] = [
  unroll('unroll', 'Unroll', {}),
  unroll('unfused', 'Unroll, unfused', { recurrence: 'unfused', continuation: 'steps' }),
  unroll('steps', 'Unroll, step by step', { recurrence: 'steps', continuation: 'steps' }),
  unroll('sequence', 'Unroll, whole sequence', { recurrence: 'sequence', continuation: 'sequence' }),
  unroll('float16', 'Unroll, float16 weights and states', { precision: 'float16' }),
  unroll('alone', 'Unroll, without subgroups', {}, { subgroups: false }),
  {
    name: 'reference',
    title: 'Unroll’s reference, float64',
    places: JAVASCRIPT,
    most: THREAD,
    load: async () => (await import('./runtime.ts')).reference,
  },
  {
    name: 'loop',
    title: 'typed-array loop',
    places: JAVASCRIPT,
    most: THREAD,
    load: async () => (await import('./loop/index.ts')).loop,
  },
  tensorflow('webgpu', 'WebGPU'),
  tensorflow('wasm', 'WASM'),
  tensorflow('cpu', 'CPU'),
  jax('webgpu', 'WebGPU'),
  jax('wasm', 'WASM'),
  pytorch('pytorch', 'eager'),
  pytorch('pytorch-graph', 'CUDA graph'),
  pytorch('pytorch-tf32', 'eager, TF32'),
  pytorch('pytorch-graph-tf32', 'CUDA graph, TF32'),
];

/**
 * Where the adapter is software: by steps is what our own does by itself, half the bytes of weights save nothing, and
 * TensorFlow.js on WebGPU, seconds a step, is waited for in one place only.
 */
const LEFT_OUT_ON_SOFTWARE: readonly (readonly [place: string, peer: string])[] = [
  ['node', 'steps'],
  ['chromium', 'steps'],
  ['node', 'float16'],
  ['chromium', 'float16'],
  ['node', 'tensorflow-webgpu'],
];

/** What differs on a software adapter only, and there by a third: to be asked for. */
const LEFT_OUT = new Set(['alone']);

/** Who is measured in a place where nobody is asked for by name. */
export function peersIn(place: string, software: boolean): PeerEntry[] {
  const isLeftOut = (name: string): boolean =>
    LEFT_OUT.has(name) ||
    (software && LEFT_OUT_ON_SOFTWARE.some(([where, peer]) => where === place && peer === name));
  return PEERS.filter(({ name, places }) => places.includes(place) && !isLeftOut(name));
}

/** The peer that ratios refer to. */
export const OURS = 'unroll';

/** @throws Error naming what there is. */
export function findPeer(name: string): PeerEntry {
  const found = PEERS.find((peer) => peer.name === name);
  if (!found) throw new Error(`No peer ${name}. There are: ${PEERS.map((peer) => peer.name).join(', ')}.`);
  return found;
}
