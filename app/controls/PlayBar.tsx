import { PauseIcon, PlayIcon } from './icons.tsx';
import { Button } from './Button.tsx';

interface PlayBarProps {
  readonly playing: boolean;
  /** It was asked to stop, and finishes what is under way. */
  readonly pausing: boolean;
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onStep: () => void;
  readonly onReset: () => void;
}

/** Play, which becomes Pause; Step; Reset. A step while playing pauses first, which is the caller's to do. */
export function PlayBar({ playing, pausing, onPlay, onPause, onStep, onReset }: PlayBarProps) {
  return (
    <div className="play-bar">
      {playing && pausing ? (
        // The same button, so that it keeps the focus; it takes no press.
        <Button look="main" className="play" aria-disabled title="The iteration under way is finished first">
          Pausing…
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
