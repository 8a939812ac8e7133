/** The project's own engines, by the public interface: the kernels that a run chooses, or some by name. */
import {
  type Engine,
  type KernelChoice,
  openEngine,
  openReferenceEngine,
  type TrainingRun,
  type WebGpuOptions,
} from '../../gpu/index.ts';
import { generationRequest, type PreparedJob } from '../cases.ts';
import type { PreparedPeer, PreparePeer } from './peer.ts';

export function withKernels(kernels: Partial<KernelChoice>, options: WebGpuOptions = {}): PreparePeer {
  return async (job) => {
    const { engine, notice } = await openEngine(options);
    if (notice) throw new Error(notice);
    const run = await createRun(engine, job, kernels);
    return {
      ...ofRun(engine, run),
      overhead: async () => {
        const { microseconds, deviceMicroseconds } = (await run.profile())!;
        return microseconds / deviceMicroseconds - 1;
      },
    };
  };
}

export const reference: PreparePeer = async (job) => {
  const engine = openReferenceEngine();
  const run = await createRun(engine, job, {});
  return { ...ofRun(engine, run), bytesDuring: (step) => step().then(() => run.cost.bytes) };
};

function createRun(
  engine: Engine,
  { configuration, series, state }: PreparedJob,
  kernels: Partial<KernelChoice>,
): Promise<TrainingRun> {
  return engine.createRun({ ...configuration, kernels }, series, state);
}

function ofRun(engine: Engine, run: TrainingRun): PreparedPeer {
  return {
    train: async (steps) => (await run.advance(steps)).map(({ loss }) => loss),
    generate: (mode, values) => run.generate(generationRequest(mode, values)),
    dispose: () => {
      run.destroy();
      engine.destroy();
    },
  };
}
