import { memo } from 'react';
import { curvePath } from './curvePath.ts';
import type { Picture } from './picture.ts';

interface CurvesProps {
  readonly picture: Picture;
  /** Of the whole plot, px. */
  readonly width: number;
  readonly height: number;
}

/** The curves of a picture over the plotting area, between what plotly draws behind them and what it says of them. */
export const Curves = memo(function Curves({ picture, width, height }: CurvesProps) {
  const { curves, layout } = picture;
  const { l, r, t, b } = layout.margin;
  const across = Math.max(0, width - l - r);
  const down = Math.max(0, height - t - b);
  return (
    <svg className="curves" style={{ left: l, top: t }} width={across} height={down}>
      {curves.map((curve) => (
        <path
          key={curve.name}
          className={curve.look}
          d={curvePath(curve, layout, across, down)}
          stroke={curve.color}
          strokeWidth={curve.width}
          opacity={curve.opacity}
        />
      ))}
    </svg>
  );
});
