/** What a device can do at the most, measured in a fraction of a second: what all other speeds are compared with. */
import { allocate, destroyAll } from '../device/buffers.ts';
import { Stopwatch } from '../device/stopwatch.ts';
import { kernel } from './library.ts';
import type { PipelineCache } from './pipeline.ts';
import { type Plan, type Recording, recordPlan } from './plan.ts';
import type { KernelFamily } from './tiles.ts';
import { touching } from './work.ts';

export interface Ceiling {
  /** Float32 multiply-adds in registers, 2 operations each, in 10⁹ operations a second. */
  readonly gigaflops: number;
  /** Read and written by a plain copy, in 10⁹ bytes a second. */
  readonly gigabytes: number;
}

export const LANES = 64;
/** Of larger copies each invocation goes on in strides. */
const MOST_COPY_GROUPS = 4096;
/** Sums of an invocation: more than a processor's multiply-adds take cycles, and fewer than it has registers. */
export const CHAINS = 8;
/** Multiply-adds on each sum in a turn of the loop: see shaders/ceiling/multiply_add.wgsl. */
export const UNROLLED = 8;

/** A dispatch that is long beside what starting it takes, and short beside a second on a slow device. */
const SIZES: Record<KernelFamily, { groups: number; turns: number; words: number }> = {
  software: { groups: 64, turns: 64, words: 2 ** 22 },
  hardware: { groups: 4096, turns: 512, words: 2 ** 24 },
};

/** @throws OutOfMemoryError, DeviceLostError */
export async function measureCeiling(
  device: GPUDevice,
  pipelines: PipelineCache,
  family: KernelFamily,
): Promise<Ceiling> {
  const { groups, words } = SIZES[family];
  const sizes = { numbers: 2, sums: groups * LANES, source: words, copy: words };
  const buffers = await allocate(device, 'ceiling', sizes, 'Close other pages that use the GPU.');
  const stopwatch = new Stopwatch(device);
  const plans: Plan[] = [];
  const rate = async (recording: Recording, amount: number): Promise<number> => {
    const plan = await recordPlan(device, pipelines, 'ceiling', [recording]);
    plans.push(plan);
    return amount / (1000 * (await stopwatch.timeRepeated((pass) => plan.encode(pass))));
  };
  try {
    device.queue.writeBuffer(buffers.numbers, 0, Float32Array.of(0.75, 0.25));
    const sums = recordMultiplyAdds(SIZES[family], buffers.numbers, buffers.sums);
    const copy = recordCopy(words, buffers.source, buffers.copy);
    return {
      gigaflops: await rate(sums, sums.work.operations),
      gigabytes: await rate(copy, copy.work.bytes),
    };
  } finally {
    for (const plan of plans) plan.destroy();
    stopwatch.destroy();
    destroyAll(buffers);
  }
}

/** sum = sum · factor + term, so often, on CHAINS sums of each invocation; out [groups · LANES] are their totals. */
export function recordMultiplyAdds(
  { groups, turns }: { readonly groups: number; readonly turns: number },
  numbers: GPUBuffer,
  out: GPUBuffer,
): Recording {
  const sums = groups * LANES * CHAINS;
  return {
    kernel: kernel('multiply_add', ['ceiling/multiply_add.wgsl'], { LANES, CHAINS }),
    buffers: { numbers, out },
    uniform: { turns },
    workgroups: [groups, 1],
    work: touching(groups * LANES, 2 * UNROLLED * turns * sums),
  };
}

/** @param words a multiple of 4. */
export function recordCopy(words: number, source: GPUBuffer, out: GPUBuffer): Recording {
  const length = words / 4;
  return {
    kernel: kernel('copy', ['ceiling/copy.wgsl'], { LANES }),
    buffers: { source, out },
    uniform: { length },
    workgroups: [Math.min(Math.ceil(length / LANES), MOST_COPY_GROUPS), 1],
    work: touching(2 * words),
  };
}
