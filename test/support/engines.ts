import { type Engine, openEngine, openReferenceEngine } from '../../gpu/index.ts';

/** The WebGPU engine. @throws Error where there is none: a test that quietly ran on the processor proves nothing. */
export async function openGpuEngine(): Promise<Engine> {
  const { engine, notice } = await openEngine();
  if (engine.description.kind !== 'webgpu') throw new Error(`These tests need WebGPU. ${notice}`);
  return engine;
}

export const engines = [
  { name: 'reference', open: async (): Promise<Engine> => openReferenceEngine() },
  { name: 'WebGPU', open: openGpuEngine },
] as const;
