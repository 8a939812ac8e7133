/**
 * A plan is a list of dispatches recorded once and encoded as often as wanted, all in one pass: pipelines, bind groups
 * and uniforms are made when it is recorded, and nothing is allocated when it runs.
 */
import { allocateUniforms } from '../device/buffers.ts';
import { LimitError } from '../device/errors.ts';
import { MOST_GROUPS } from './tiles.ts';
import type { CompiledKernel, Kernel, PipelineCache } from './pipeline.ts';
import type { Part, Work } from './work.ts';

/** Dynamic offsets of uniforms are multiples of this many bytes on every adapter. */
const UNIFORM_ALIGNMENT = 256;

/** One dispatch, as a layer records it. */
export interface Recording {
  readonly kernel: Kernel;
  /** By the names in the WGSL; the uniform is not among them. */
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  /** By the field names of the uniform's struct; empty where the kernel has no uniform. */
  readonly uniform: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number];
  readonly work: Work;
  /** What of an iteration it belongs to: said by what composes one. */
  readonly part?: Part;
}

/** A dispatch of an iteration. */
export type PartRecording = Recording & { readonly part: Part };

/** Says what dispatches belong to, but for those of which it is said already. */
export function asPart(part: Part, recordings: readonly Recording[]): PartRecording[] {
  return recordings.map((recording) => ({ part, ...recording }));
}

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly offsets: readonly number[];
  readonly x: number;
  readonly y: number;
}

export interface Plan {
  /** Number of dispatches. */
  readonly length: number;
  /** Encodes dispatches `from` … `to` − 1; all of them by default. */
  encode(pass: GPUComputePassEncoder, from?: number, to?: number): void;
  destroy(): void;
}

/** Bytes of the uniforms of a plan of so many dispatches. */
export function uniformBytes(dispatches: number): number {
  return dispatches * UNIFORM_ALIGNMENT;
}

/**
 * Compiles what a plan needs and records it.
 * @throws ShaderError; OutOfMemoryError; LimitError where a dispatch has too many workgroups; Error where a recording
 * leaves a buffer or a field of the uniform out.
 */
export async function recordPlan(
  device: GPUDevice,
  pipelines: PipelineCache,
  label: string,
  recordings: readonly Recording[],
): Promise<Plan> {
  checkWorkgroups(recordings);
  const compiled = await Promise.all(recordings.map(({ kernel }) => pipelines.compile(kernel)));
  const size = Math.max(uniformBytes(recordings.length), UNIFORM_ALIGNMENT);
  const uniforms = await allocateUniforms(device, `${label}.uniforms`, size);
  const words = new ArrayBuffer(size);
  const bindGroups = new BindGroupCache(device, uniforms);
  const dispatches = recordings.map((recording, index): Dispatch => {
    const kernel = compiled[index]!;
    const offset = index * UNIFORM_ALIGNMENT;
    writeUniform(new DataView(words, offset, UNIFORM_ALIGNMENT), kernel, recording.uniform);
    return {
      pipeline: kernel.pipeline,
      bindGroup: bindGroups.get(kernel, recording.buffers),
      offsets: kernel.source.uniform.length > 0 ? [offset] : [],
      x: recording.workgroups[0],
      y: recording.workgroups[1],
    };
  });
  device.queue.writeBuffer(uniforms, 0, words);
  return {
    length: dispatches.length,
    encode: (pass, from = 0, to = dispatches.length) => encode(pass, dispatches, from, to),
    destroy: () => uniforms.destroy(),
  };
}

/** @throws LimitError where a dispatch has more workgroups than every adapter takes. */
export function checkWorkgroups(recordings: readonly Recording[]): void {
  for (const { workgroups } of recordings) {
    const most = Math.max(...workgroups);
    if (most > MOST_GROUPS) throw new LimitError('maxComputeWorkgroupsPerDimension', most, MOST_GROUPS);
  }
}

function encode(
  pass: GPUComputePassEncoder,
  dispatches: readonly Dispatch[],
  from: number,
  to: number,
): void {
  let pipeline: GPUComputePipeline | undefined;
  for (let index = from; index < to; index += 1) {
    const dispatch = dispatches[index]!;
    if (dispatch.pipeline !== pipeline) {
      pipeline = dispatch.pipeline;
      pass.setPipeline(pipeline);
    }
    pass.setBindGroup(0, dispatch.bindGroup, dispatch.offsets);
    pass.dispatchWorkgroups(dispatch.x, dispatch.y);
  }
}

function writeUniform(
  view: DataView,
  { name, source }: CompiledKernel,
  values: Readonly<Record<string, number>>,
): void {
  source.uniform.forEach((field, index) => {
    const value = values[field.name];
    if (value === undefined) throw new Error(`${name}: the uniform's ${field.name} is not given.`);
    if (field.type === 'u32') view.setUint32(4 * index, value, true);
    else view.setFloat32(4 * index, value, true);
  });
}

/** Dispatches of one kernel over the same buffers share a bind group: they differ by their uniform's offset only. */
class BindGroupCache {
  readonly #device: GPUDevice;
  readonly #uniforms: GPUBuffer;
  readonly #groups = new Map<CompiledKernel, { buffers: readonly GPUBuffer[]; group: GPUBindGroup }[]>();

  constructor(device: GPUDevice, uniforms: GPUBuffer) {
    this.#device = device;
    this.#uniforms = uniforms;
  }

  get(kernel: CompiledKernel, named: Readonly<Record<string, GPUBuffer>>): GPUBindGroup {
    const buffers = kernel.source.bindings.map(({ name, access }) => {
      const buffer = access === 'uniform' ? this.#uniforms : named[name];
      if (!buffer) throw new Error(`${kernel.name}: no buffer is given for ${name}.`);
      return buffer;
    });
    const known = this.#groups.get(kernel) ?? [];
    this.#groups.set(kernel, known);
    const same = known.find((entry) => entry.buffers.every((buffer, index) => buffer === buffers[index]));
    if (same) return same.group;
    const group = this.#device.createBindGroup({
      label: kernel.name,
      layout: kernel.layout,
      entries: kernel.source.bindings.map(({ index, access }, place) => ({
        binding: index,
        resource: { buffer: buffers[place]!, ...(access === 'uniform' ? { size: UNIFORM_ALIGNMENT } : {}) },
      })),
    });
    known.push({ buffers, group });
    return group;
  }
}
