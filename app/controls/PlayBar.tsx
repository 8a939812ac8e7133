import { PauseIcon, PlayIcon } from './icons.tsx';
import { Button } from './Button.tsx';

interface PlayBarProps {
  readonly playing: boolean;
  /** What is under way, such as `Pausing…`, while neither Play nor Pause would do anything. */
  readonly wait?: string | undefined;
  /** What goes before training, such as `Measuring kernels, 1 of 3`; Pause gives it up. */
  readonly doing?: string | undefined;
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onStep: () => void;
  readonly onReset: () => void;
}

/** Play, which becomes Pause; Step; Reset. A step while playing pauses first, which is the caller's to do. */
export function PlayBar({ playing, wait, doing, onPlay, onPause, onStep, onReset }: PlayBarProps) {
  return (
    <div className="play-bar">
      {doing && <span className="doing">{doing}</span>}
      {wait ? (
        // The same button, so that it keeps the focus; it takes no press.
        <Button look="main" className="play" aria-disabled>
          {wait}
        </Button>
      ) : (
        <Button
          look="main"
          className="play"
          aria-keyshortcuts="Space"
          title={playing ? 'Pause (Space)' : 'Play (Space)'}
          onClick={playing ? onPause : onPlay}
        >
          {playing ? <PauseIcon /> : <PlayIcon />}
          {playing ? 'Pause' : 'Play'}
        </Button>
      )}
      <Button aria-keyshortcuts="S" title="One iteration (S)" onClick={onStep}>
        Step
      </Button>
      <Button aria-keyshortcuts="R" title="Back to iteration 0 (R)" onClick={onReset}>
        Reset
      </Button>
    </div>
  );
}
