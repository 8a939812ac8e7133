/** A generated sequence as data. */

/**
 * Comma-separated values with a header: step from 1, seed or generated, the value, and one column for each further
 * draw, which is empty over the seed. Values carry the seven digits that float32 holds.
 */
export function generatedCsv(seed: Float32Array, sequences: readonly Float32Array[]): string {
  const others = sequences.slice(1);
  const header = ['step', 'part', 'value', ...others.map((_, index) => `draw ${index + 2}`)];
  const rows = [header.join(',')];
  seed.forEach((value, index) => {
    rows.push([index + 1, 'seed', digits(value), ...others.map(() => '')].join(','));
  });
  sequences[0]?.forEach((value, index) => {
    const step = seed.length + index + 1;
    rows.push([step, 'generated', digits(value), ...others.map((draw) => digits(draw[index]))].join(','));
  });
  return `${rows.join('\n')}\n`;
}

function digits(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(7)));
}
