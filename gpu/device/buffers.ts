/** Buffers by name: first their sizes, so that bytes are known and checked, then the buffers themselves. */
import { OutOfMemoryError } from './errors.ts';

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
  device.pushErrorScope('out-of-memory');
  const buffers = Object.entries(sizes).map(([name, words]) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    return [
      name,
      device.createBuffer({ label: `${owner}.${name}`, size: paddedBytes(words), usage }),
    ] as const;
  });
  const error = await device.popErrorScope();
  if (error) {
    for (const [, buffer] of buffers) buffer.destroy();
    throw new OutOfMemoryError(bytesOf(sizes), `${owner}, together,`, advice);
  }
  return Object.fromEntries(buffers) as Buffers<Sizes>;
}

export function destroyAll(buffers: Readonly<Record<string, GPUBuffer>>): void {
  for (const buffer of Object.values(buffers)) buffer.destroy();
}

function paddedBytes(words: number): number {
  return Math.max(SMALLEST, words * 4);
}
