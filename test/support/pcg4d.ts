/** pcg4d once more, in whole numbers of any size, straight from its paper (JCGT 9(3), 2020). */
export function pcg4dByPaper(...counters: readonly [number, number, number, number]): number[] {
  const v = counters.map((counter) => wrap(BigInt(counter) * 1664525n + 1013904223n));
  return mix(mix(v).map((value) => value ^ (value >> 16n))).map(Number);
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
