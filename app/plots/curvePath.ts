/** Where the values of a curve lie on the page. */
import type { Curve, PictureAxis, PictureLayout } from './picture.ts';

/**
 * A curve as the data of an SVG path over a plotting area of `width` by `height` px, y downwards. Dots are lines
 * without length, to be drawn with round ends.
 */
export function curvePath(
  { x, y, look }: Curve,
  { xaxis, yaxis }: Pick<PictureLayout, 'xaxis' | 'yaxis'>,
  width: number,
  height: number,
): string {
  let path = '';
  let joined = false;
  for (let i = 0; i < x.length; i++) {
    const across = width * share(xaxis, x[i]!);
    const down = height * (1 - share(yaxis, y[i]!));
    const drawn = Number.isFinite(across) && Number.isFinite(down);
    if (drawn) path += `${joined ? 'L' : 'M'}${across.toFixed(1)},${down.toFixed(1)}`;
    if (drawn && look === 'dots') path += 'h0';
    joined = drawn && look !== 'dots';
  }
  return path;
}

/** How far along an axis a value lies: 0 at its beginning, 1 at its end, not finite where it has no place. */
function share({ type, range: [from, to] }: PictureAxis, value: number): number {
  return ((type === 'log' ? Math.log10(value) : value) - from) / (to - from);
}
