/** The WebGPU engine: one device, its compiled kernels and the runs made on it. */
import { openDevice } from '../device/adapter.ts';
import { Readback } from '../device/readback.ts';
import { type Ceiling, measureCeiling } from '../kernels/ceiling.ts';
import { PipelineCache } from '../kernels/pipeline.ts';
import type { Engine, EngineDescription } from '../model/engine.ts';
import { validateConfiguration, validateRun } from '../model/validation.ts';
import type { RunDevice } from './answers.ts';
import { kernelChoices } from './choices.ts';
import { tuneKernels } from './tune.ts';
import { WebGpuRun } from './webgpu-run.ts';

export interface WebGpuOptions {
  /** Whether kernels use subgroups where the adapter has them. Default: yes; the bits are the same. */
  readonly subgroups?: boolean;
}

/** @throws NoWebGpuError, NoAdapterError, LimitError */
export async function openWebGpuEngine({ subgroups = true }: WebGpuOptions = {}): Promise<Engine> {
  const { device, vendor, architecture, software, lost } = await openDevice();
  const on: RunDevice = {
    device,
    pipelines: new PipelineCache(device, subgroups),
    family: software ? 'software' : 'hardware',
    latency: await emptyRoundTrip(device),
  };
  const names = [vendor, architecture].filter((name) => name !== '').join(' · ');
  const description: EngineDescription = {
    kind: 'webgpu',
    vendor,
    architecture,
    software,
    label: `${names || 'WebGPU'}${software ? ' (software)' : ''}`,
  };
  let ceiling: Promise<Ceiling> | undefined;
  const createRun: Engine['createRun'] = async (configuration, data, state) => {
    validateRun(configuration, data, state);
    return WebGpuRun.create(on, configuration, data, state);
  };
  const choicesFor: Engine['kernelChoices'] = (configuration) => {
    validateConfiguration(configuration);
    return kernelChoices(configuration, on.family);
  };
  return {
    description,
    lost,
    createRun,
    kernelChoices: choicesFor,
    async tune(configuration, data, state, options) {
      validateRun(configuration, data, state);
      const choices = choicesFor(configuration);
      if (choices.length < 2) return null;
      return tuneKernels(
        choices,
        (kernels) => createRun({ ...configuration, kernels }, data, state),
        options,
      );
    },
    ceiling() {
      ceiling ??= measureCeiling(device, on.pipelines, on.family);
      ceiling.catch(() => (ceiling = undefined));
      return ceiling;
    },
    destroy: () => device.destroy(),
  };
}

/** The least of a few round trips with next to nothing to do, in milliseconds: what a browser takes to answer at all. */
async function emptyRoundTrip(device: GPUDevice): Promise<number> {
  const source = device.createBuffer({ label: 'latency', size: 16, usage: GPUBufferUsage.COPY_SRC });
  const readback = new Readback(device);
  let least = Infinity;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const begun = performance.now();
    const encoder = device.createCommandEncoder({ label: 'latency' });
    const taken = readback.copy(encoder, [{ buffer: source }]);
    device.queue.submit([encoder.finish()]);
    await taken();
    least = Math.min(least, performance.now() - begun);
  }
  readback.destroy();
  source.destroy();
  return least;
}
