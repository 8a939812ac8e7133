/** Compiles kernels, each once per device. */
import { assemble, type AssembledSource, type SourceFile } from './source.ts';

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
  readonly #compiled = new Map<string, Promise<CompiledKernel>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @throws ShaderError */
  compile(kernel: Kernel): Promise<CompiledKernel> {
    const source = assemble(kernel.files, kernel.constants);
    let compiled = this.#compiled.get(source.code);
    if (!compiled) {
      compiled = compile(this.#device, kernel.name, source);
      this.#compiled.set(source.code, compiled);
    }
    return compiled;
  }
}

async function compile(device: GPUDevice, name: string, source: AssembledSource): Promise<CompiledKernel> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: name, code: source.code });
  const scope = device.popErrorScope();
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === 'error');
  if (errors.length > 0) {
    throw new ShaderError(errors.map((error) => locate(error, source)).join('\n'));
  }
  const invalid = await scope;
  if (invalid) throw new ShaderError(`${name}: ${invalid.message}`);
  const layout = bindGroupLayout(device, name, source);
  const pipeline = await device.createComputePipelineAsync({
    label: name,
    layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: source.entryPoint },
  });
  return { name, source, pipeline, layout };
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
