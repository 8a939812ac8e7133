import { openReferenceEngine } from './reference/engine.ts';
import type { OpenedEngine } from './training/recovery.ts';
import { openWebGpuEngine, type WebGpuOptions } from './training/webgpu-engine.ts';

/** WebGPU where there is an adapter; otherwise the reference on the processor, with a notice. Never throws. */
export async function openEngine(options: WebGpuOptions = {}): Promise<OpenedEngine> {
  try {
    return { engine: await openWebGpuEngine(options), notice: '' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const notice = `${reason} Everything runs on the processor instead, more slowly.`;
    return { engine: openReferenceEngine(), notice };
  }
}
