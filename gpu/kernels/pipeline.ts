/** Compiles kernels, each once per device. */
import { unlessLost } from '../device/loss.ts';
import { assemble, type AssembledSource, type Extensions, type SourceFile } from './source.ts';

/** A kernel: shader files and constants. Kernels of the same name, files and constants share one pipeline. */
export interface Kernel {
  /** Label in messages and profiles, such as `forward_step.rnn`. */
  readonly name: string;
  readonly files: readonly SourceFile[];
  readonly constants: Readonly<Record<string, number>>;
}

export interface CompiledKernel {
  readonly name: string;
  readonly source: AssembledSource;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** WGSL that does not compile: every message with the file and line it was written in. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
}

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #extensions: Extensions;
  /** By name and constants: rarely more than one of each, told apart by the files' texts. */
  readonly #known = new Map<string, { kernel: Kernel; compiled: Promise<CompiledKernel> }[]>();

  /** @param subgroups whether they are used where the device has them. */
  constructor(device: GPUDevice, subgroups = true) {
    const { features } = device;
    this.#device = device;
    this.#extensions = {
      subgroups: subgroups && features.has('subgroups'),
      f16: features.has('shader-f16'),
    };
  }

  /**
   * A plan asks for the same few kernels a thousand times: known ones are found without being assembled again.
   * @throws ShaderError; DeviceLostError; Error where the files make no kernel: see `assemble`.
   */
  compile(kernel: Kernel): Promise<CompiledKernel> {
    const key = `${kernel.name} ${JSON.stringify(kernel.constants)}`;
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    const same = known.find((entry) => haveSameFiles(entry.kernel, kernel));
    if (same) return same.compiled;
    const compiled = compile(
      this.#device,
      kernel.name,
      assemble(kernel.files, kernel.constants, this.#extensions),
    );
    known.push({ kernel, compiled });
    return compiled;
  }
}

function haveSameFiles(one: Kernel, other: Kernel): boolean {
  return (
    one.files.length === other.files.length &&
    one.files.every((file, index) => haveSameText(file, other.files[index]!))
  );
}

function haveSameText(one: SourceFile, other: SourceFile): boolean {
  return (
    one.text === other.text &&
    one.withSubgroups?.text === other.withSubgroups?.text &&
    one.withF16?.text === other.withF16?.text
  );
}

async function compile(device: GPUDevice, name: string, source: AssembledSource): Promise<CompiledKernel> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: name, code: source.code });
  const [invalid, { messages }] = await unlessLost(
    device,
    Promise.all([device.popErrorScope(), module.getCompilationInfo()]),
  );
  const errors = messages.filter(({ type }) => type === 'error');
  if (errors.length > 0) {
    throw new ShaderError(errors.map((error) => locate(error, source)).join('\n'));
  }
  if (invalid) throw new ShaderError(`${name}: ${invalid.message}`);
  const layout = bindGroupLayout(device, name, source);
  const pending = device.createComputePipelineAsync({
    label: name,
    layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: source.entryPoint },
  });
  return { name, source, pipeline: await unlessLost(device, pending), layout };
}

function locate(message: GPUCompilationMessage, source: AssembledSource): string {
  const line = source.lines[message.lineNum - 1];
  return line ? `${line.file}:${line.line}: ${message.message}` : message.message;
}

/** Explicit, since an automatic layout drops bindings that a kernel does not use. A uniform has a dynamic offset. */
function bindGroupLayout(device: GPUDevice, label: string, source: AssembledSource): GPUBindGroupLayout {
  const buffer = {
    uniform: { type: 'uniform', hasDynamicOffset: true },
    read: { type: 'read-only-storage' },
    read_write: { type: 'storage' },
  } as const;
  return device.createBindGroupLayout({
    label,
    entries: source.bindings.map(({ index, access }) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: buffer[access],
    })),
  });
}
