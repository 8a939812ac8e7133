/** The WebGPU engine: one device, its compiled kernels and the runs made on it. */
import { openDevice } from '../device/adapter.ts';
import { PipelineCache } from '../kernels/pipeline.ts';
import type { RunConfiguration } from '../model/configuration.ts';
import type {
  Engine,
  EngineDescription,
  TrainingRun,
  TrainingState,
  WindowedSeries,
} from '../model/engine.ts';
import { validateRun } from '../model/validation.ts';
import { type RunDevice, WebGpuRun } from './webgpu-run.ts';

/** @throws NoWebGpuError, NoAdapterError, LimitError */
export async function openWebGpuEngine(): Promise<Engine> {
  const { device, vendor, architecture, software, lost } = await openDevice();
  const on: RunDevice = {
    device,
    pipelines: new PipelineCache(device),
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
  return {
    description,
    lost,
    async createRun(
      configuration: RunConfiguration,
      series: WindowedSeries,
      state: TrainingState,
    ): Promise<TrainingRun> {
      validateRun(configuration, series, state);
      return WebGpuRun.create(on, configuration, series, state);
    },
    destroy: () => device.destroy(),
  };
}

/** The least of a few round trips with nothing to do, in milliseconds: what a browser takes to answer at all. */
async function emptyRoundTrip(device: GPUDevice): Promise<number> {
  const staging = device.createBuffer({
    label: 'latency',
    size: 4,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  let least = Infinity;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const begun = performance.now();
    device.queue.submit([]);
    await staging.mapAsync(GPUMapMode.READ);
    staging.unmap();
    least = Math.min(least, performance.now() - begun);
  }
  staging.destroy();
  return least;
}
