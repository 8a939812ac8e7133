/** pcg4d once more, in whole numbers of any size, straight from its paper (JCGT 9(3), 2020). */
export function pcg4dByPaper(...counters: readonly [number, number, number, number]): number[] {
  const v = counters.map((counter) => wrap(BigInt(counter) * 1664525n + 1013904223n));
  return mix(mix(v).map((value) => value ^ (value >> 16n))).map(Number);
}

/** The standard normal noise of a generated value: Box and Muller (1958) on the upper 24 bits of x and y. */
export function noiseByPaper(seed: number, step: number, draw: number, feature: number): number {
  const [x, y] = pcg4dByPaper(seed, step, draw, 0x4e4f4953 + feature);
  const [u, v] = [x!, y!].map((bits) => (Math.floor(bits / 256) + 0.5) / 2 ** 24);
  return Math.sqrt(-2 * Math.log(u!)) * Math.cos(2 * Math.PI * v!);
}

function mix([x, y, z, w]: bigint[]): bigint[] {
  const x1 = wrap(x! + y! * w!);
  const y1 = wrap(y! + z! * x1);
  const z1 = wrap(z! + x1 * y1);
  return [x1, y1, z1, wrap(w! + y1 * z1)];
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(32, value);
}
