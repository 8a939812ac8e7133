import { PauseIcon, PlayIcon } from './icons.tsx';
import { Button } from './Button.tsx';

interface PlayBarProps {
  readonly playing: boolean;
  /** False while there is nothing that could be played; the buttons stay focusable and say so. */
  readonly ready?: boolean;
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onStep: () => void;
  readonly onReset: () => void;
}

/** Play, which becomes Pause; Step; Reset. A step while playing pauses first, which is the caller's to do. */
export function PlayBar({ playing, ready = true, onPlay, onPause, onStep, onReset }: PlayBarProps) {
  const whenReady = (action: () => void) => () => {
    if (ready) action();
  };
  return (
    <div className="play-bar">
      <Button
        look="main"
        className="play"
        aria-disabled={!ready}
        aria-keyshortcuts="Space"
        title={playing ? 'Pause (Space)' : 'Play (Space)'}
        onClick={whenReady(playing ? onPause : onPlay)}
      >
        {playing ? <PauseIcon /> : <PlayIcon />}
        {playing ? 'Pause' : 'Play'}
      </Button>
      <Button
        aria-disabled={!ready}
        aria-keyshortcuts="S"
        title="One iteration (S)"
        onClick={whenReady(onStep)}
      >
        Step
      </Button>
      <Button
        aria-disabled={!ready}
        aria-keyshortcuts="R"
        title="Back to iteration 0 (R)"
        onClick={whenReady(onReset)}
      >
        Reset
      </Button>
    </div>
  );
}
