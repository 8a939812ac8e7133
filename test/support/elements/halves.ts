import type { KernelFamily } from '../../../gpu/kernels/tiles.ts';
import { halvesLength, recordHalves } from '../../../gpu/layers/halves.ts';
import { expectSameBits } from '../compare.ts';
import { type Mutation, runRecordings } from '../gpu.ts';
import { halfFromBits, roundToHalf } from '../half.ts';

/** Packed and unpacked, each parameter is the nearest number of 16 bits. */
export async function expectHalves(
  family: KernelFamily,
  parameters: Float32Array,
  mutate?: Mutation,
): Promise<void> {
  const { length } = parameters;
  const result = await runRecordings(
    { parameters: length, halves: halvesLength(length), rounded: length },
    { parameters },
    (buffers) => [
      recordHalves(
        family,
        buffers['parameters']!,
        { halves: buffers['halves']!, rounded: buffers['rounded']! },
        length,
      ),
    ],
    mutate,
  );
  const expected = parameters.map(roundToHalf);
  const bits = new Uint16Array(result['halves']!.buffer, result['halves']!.byteOffset, length);
  expectSameBits(Float32Array.from(bits, halfFromBits), expected, 'packed');
  expectSameBits(result['rounded']!, expected, 'rounded');
}
