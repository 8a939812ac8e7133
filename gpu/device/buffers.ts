/** Buffers by name: first their sizes, so that bytes are known and checked, then the buffers themselves. */
import { OutOfMemoryError } from './errors.ts';
import { unlessLost } from './loss.ts';

/** Floats (or other 4-byte words) of each buffer, by the name that becomes its label. */
export type BufferSizes = Readonly<Record<string, number>>;

/** The buffers of a set, by the names of its sizes. */
export type Buffers<Sizes extends BufferSizes> = { readonly [Name in keyof Sizes]: GPUBuffer };

/** A binding holds at least this many bytes. */
const SMALLEST = 16;

export function bytesOf(sizes: BufferSizes): number {
  return Object.values(sizes).reduce((sum, words) => sum + paddedBytes(words), 0);
}

/**
 * @param advice what would fit, for the error's text.
 * @throws OutOfMemoryError where one of the buffers is larger than the device allows.
 */
export function checkSizes(limits: GPUSupportedLimits, sizes: BufferSizes, advice: string): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  for (const [name, words] of Object.entries(sizes)) {
    const bytes = paddedBytes(words);
    if (bytes > most) {
      const limit = `The device takes buffers of up to ${most.toLocaleString('en')} bytes.`;
      throw new OutOfMemoryError(bytes, `The buffer ${name}`, `${limit} ${advice}`);
    }
  }
}

/**
 * Allocates zeroed storage buffers, all or none.
 * @throws OutOfMemoryError where the device refuses.
 */
export async function allocate<Sizes extends BufferSizes>(
  device: GPUDevice,
  owner: string,
  sizes: Sizes,
  advice: string,
): Promise<Buffers<Sizes>> {
  checkSizes(device.limits, sizes, advice);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const names = Object.keys(sizes);
  const descriptors = names.map((name) => ({
    label: `${owner}.${name}`,
    size: paddedBytes(sizes[name]!),
    usage,
  }));
  const buffers = await createAll(device, `${owner}, together,`, descriptors, advice);
  return Object.fromEntries(names.map((name, index) => [name, buffers[index]!])) as Buffers<Sizes>;
}

/** Allocates the uniforms of a plan. @throws OutOfMemoryError */
export async function allocateUniforms(device: GPUDevice, label: string, size: number): Promise<GPUBuffer> {
  const advice = 'Fewer time steps take less.';
  if (size > device.limits.maxBufferSize) throw new OutOfMemoryError(size, `The buffer ${label}`, advice);
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const [buffer] = await createAll(device, `The buffer ${label}`, [{ label, size, usage }], advice);
  return buffer!;
}

/** Creates buffers in an out-of-memory scope, all or none. */
async function createAll(
  device: GPUDevice,
  what: string,
  descriptors: readonly GPUBufferDescriptor[],
  advice: string,
): Promise<GPUBuffer[]> {
  device.pushErrorScope('out-of-memory');
  const buffers = descriptors.map((descriptor) => device.createBuffer(descriptor));
  const error = await unlessLost(device, device.popErrorScope());
  if (!error) return buffers;
  for (const buffer of buffers) buffer.destroy();
  const wanted = descriptors.reduce((sum, { size }) => sum + size, 0);
  throw new OutOfMemoryError(wanted, what, advice);
}

/**
 * Makes something on buffers just allocated; where it cannot be made, they are given back.
 * @throws what `make` throws.
 */
export async function ownedBy<Made>(
  buffers: Readonly<Record<string, GPUBuffer>>,
  make: () => Promise<Made>,
): Promise<Made> {
  try {
    return await make();
  } catch (error) {
    destroyAll(buffers);
    throw error;
  }
}

export function destroyAll(buffers: Readonly<Record<string, GPUBuffer>>): void {
  for (const buffer of Object.values(buffers)) buffer.destroy();
}

/** A buffer's bytes are those of its words, but for the smallest ones. */
function paddedBytes(words: number): number {
  return Math.max(SMALLEST, words * 4);
}
