/** What a browser may lack, each under its name. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDevice } from '../../../gpu/device/adapter.ts';
import { LimitError, NoAdapterError, NoWebGpuError } from '../../../gpu/device/errors.ts';

const LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
};

/** A browser whose adapter has these limits and says this of itself; null: no adapter. */
function browserWith(adapter: { limits?: object; info?: object; features?: string[] } | null): {
  requestDevice: ReturnType<typeof vi.fn>;
} {
  const info = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false };
  const requestDevice = vi.fn(async () => ({ lost: Promise.resolve({ reason: 'destroyed', message: '' }) }));
  const made = adapter && {
    limits: { ...LIMITS, ...adapter.limits },
    features: new Set(adapter.features),
    info: { ...info, ...adapter.info },
    requestDevice,
  };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => made } });
  return { requestDevice };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('no WebGPU and no adapter are told apart', async () => {
  vi.stubGlobal('navigator', {});
  await expect(openDevice()).rejects.toThrow(NoWebGpuError);
  browserWith(null);
  await expect(openDevice()).rejects.toThrow(NoAdapterError);
});

test.each([
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
])('an adapter with too small a %s is refused by name', async (limit) => {
  const { requestDevice } = browserWith({ limits: { [limit]: 4 } });
  await expect(openDevice()).rejects.toThrow(LimitError);
  await expect(openDevice()).rejects.toThrow(new RegExp(`offers ${limit} = 4, but \\d+ is needed`));
  expect(requestDevice).not.toHaveBeenCalled();
});

test('buffers are taken as large as they are offered', async () => {
  const { requestDevice } = browserWith({});
  const { lost } = await openDevice();
  expect(requestDevice).toHaveBeenCalledWith({
    label: 'unroll',
    requiredFeatures: [],
    requiredLimits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
  });
  await expect(lost).resolves.toBe('destroyed');
});

describe('software', () => {
  test.each([
    { info: { vendor: 'google', architecture: 'swiftshader' }, software: true },
    { info: { description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, software: true },
    { info: { description: 'Microsoft Basic Render Driver' }, software: true },
    { info: { isFallbackAdapter: true }, software: true },
    { info: { vendor: 'nvidia', architecture: 'hopper' }, software: false },
  ])('$info: $software', async ({ info, software }) => {
    browserWith({ info });
    expect((await openDevice()).software).toBe(software);
  });
});

test('a clock of the device, subgroups and f16 are taken where they are, and nothing else besides', async () => {
  const { requestDevice } = browserWith({
    features: ['timestamp-query', 'texture-compression-bc', 'shader-f16', 'subgroups'],
  });
  await openDevice();
  expect(requestDevice).toHaveBeenCalledWith(
    expect.objectContaining({ requiredFeatures: ['timestamp-query', 'subgroups', 'shader-f16'] }),
  );
});
