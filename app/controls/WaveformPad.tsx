import { useMemo, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { Continuation, PadFrame, Playhead } from './WaveformPadLayers.tsx';
import { SeedEditor } from './WaveformPadSeed.tsx';
import type { PadLimits } from './WaveformPadEditing.ts';
import { nextLimits, padLayout, roomAround, widen } from './WaveformPadGeometry.ts';
import { useEachFrame, useEasedLimits, useWidth, type Watched } from './WaveformPadHooks.ts';
import './WaveformPad.css';

/** What the pad shows, in the series' own units. */
export interface PadContent {
  readonly seed: Float32Array;
  /** The continuation, then other draws of it; none before the first answer. */
  readonly sequences: readonly Float32Array[];
}

interface WaveformPadProps {
  readonly content: Watched<PadContent>;
  /** Lowest and highest value of the training series: the scale, and with some room what can be drawn. */
  readonly range: PadLimits;
  /** How many values the continuation has, or will have. */
  readonly steps: number;
  /** Called with the new seed while it is drawn, up to once a pointer event, and at each key that moves a point. */
  readonly onDraw: (seed: Float32Array) => void;
  /** Where the sound is, in values from the seed's first; null in silence. */
  readonly playhead: () => number | null;
  readonly playing: boolean;
  /** What the two parts are, one element each: shown below them. */
  readonly children: ReactNode;
}

/** In CSS pixels. Fixed, so that nothing on the page moves. */
const HEIGHT = 272;

/**
 * A seed waveform to draw in, and next to it what a network makes of it. Drawn by the page itself at the screen's
 * rate: the seed follows the finger in the next frame, whenever the network's answer comes.
 */
export function WaveformPad(props: WaveformPadProps) {
  const { content, range, steps, onDraw, playhead, playing, children } = props;
  const stage = useRef<HTMLDivElement>(null);
  const width = useWidth(stage);
  const layout = useMemo(() => padLayout(width, HEIGHT), [width]);
  const { seed, sequences } = useEachFrame(content);
  const [dragging, setDragging] = useState(false);
  const drawable = useMemo(() => roomAround(range), [range]);
  const limits = useLimits(drawable, seed, sequences, dragging);

  const places = { '--seed-left': `${layout.seedLeft}px`, '--rest-left': `${layout.restLeft}px` };

  return (
    <div className="pad" style={places as CSSProperties}>
      <div className="pad-stage" ref={stage} style={{ height: HEIGHT }}>
        {width > 0 && (
          <>
            <PadFrame layout={layout} limits={limits} points={seed.length} steps={steps} />
            <Continuation layout={layout} limits={limits} seed={seed} sequences={sequences} steps={steps} />
            <SeedEditor
              layout={layout}
              limits={limits}
              drawable={drawable}
              seed={seed}
              latestSeed={() => content.getState().seed}
              onDraw={onDraw}
              onDragging={setDragging}
            />
            {playing && <Playhead layout={layout} points={seed.length} steps={steps} position={playhead} />}
          </>
        )}
      </div>
      <div className="pad-captions">{children}</div>
    </div>
  );
}

/** The vertical limits: those of the series with some room, wider where a curve goes beyond them. */
function useLimits(
  drawable: PadLimits,
  seed: Float32Array,
  sequences: readonly Float32Array[],
  dragging: boolean,
): PadLimits {
  const needed = useMemo(() => widen(drawable, [seed, ...sequences]), [drawable, seed, sequences]);
  const [target, setTarget] = useState(needed);
  const next = nextLimits(target, needed, dragging);
  if (next !== target) setTarget(next);
  return useEasedLimits(next);
}
