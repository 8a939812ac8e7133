/** Opens a device with the limits that the kernels need, and says what it is. */
import { LimitError, NoAdapterError, NoWebGpuError } from './errors.ts';

export interface OpenDevice {
  readonly device: GPUDevice;
  readonly vendor: string;
  readonly architecture: string;
  /** True where the adapter runs on the processor instead of a graphics card. */
  readonly software: boolean;
  /** Resolves with the reason once the device is lost or destroyed. */
  readonly lost: Promise<string>;
}

/** What the kernels need of any adapter; WebGPU promises these, so a smaller offer is a broken driver. */
const NEEDED = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16_384,
} as const;

/** Limits taken as large as they are offered: they decide how large a model can be. */
const WANTED = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/** Taken where they are offered: a clock of the device's own, values handed among neighbouring invocations, and f16. */
const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** Architectures of adapters that run on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|basic render/i;

/** @throws NoWebGpuError, NoAdapterError, LimitError */
export async function openDevice(): Promise<OpenDevice> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  if (!gpu) throw new NoWebGpuError();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new NoAdapterError();
  for (const [limit, wanted] of Object.entries(NEEDED)) {
    const offered = adapter.limits[limit as keyof typeof NEEDED];
    if (offered < wanted) throw new LimitError(limit, wanted, offered);
  }
  const device = await adapter.requestDevice({
    label: 'unroll',
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(WANTED.map((limit) => [limit, adapter.limits[limit]])),
  });
  const { info } = adapter;
  return {
    device,
    vendor: info.vendor,
    architecture: info.architecture,
    software: isSoftware(info),
    lost: device.lost.then(({ reason, message }) => message || reason),
  };
}

/** Whether the adapter runs on the processor instead of a graphics card. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  const named = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallbackAdapter || SOFTWARE.test(named);
}
