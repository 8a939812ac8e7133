import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { WaveformPad } from '../controls/WaveformPad.tsx';
import { count } from '../controls/format.ts';
import type { ExperimentFence, GenerateFence } from '../notebook/schema.ts';
import { useExperiment } from '../notebook/store.ts';
import { runStore, runtime } from '../worker/client.ts';
import { useCommands } from './ExperimentCommands.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { Note } from './ExperimentNote.tsx';
import { controlOf } from './ExperimentRegistry.ts';
import { Facts, TakeAway } from './GenerateFacts.tsx';
import { type Listening, useListening } from './GenerateListen.ts';
import { useNetwork } from './GenerateNetwork.ts';
import { throttled } from './GenerateQueue.ts';
import { generatedScale, type SeriesScale, summaryScale } from './GenerateScale.ts';
import { createSession, type GenerateSession } from './GenerateSession.ts';
import { ListenButton, SeedChoices } from './GenerateSeed.tsx';
import { Settings, Sound } from './GenerateSettings.tsx';
import { Training } from './GenerateTraining.tsx';
import './Generate.css';

interface GenerateCellProps {
  /** The lesson's slug. */
  readonly lesson: string;
  readonly fence: GenerateFence;
  readonly current: boolean;
}

/** A trained network goes on from a waveform that the reader draws, as it is drawn. */
export function GenerateCell({ lesson, fence }: GenerateCellProps) {
  const experiment = useExperiment(fence.from);
  if (experiment) return <Generate key={fence.from} lesson={lesson} fence={fence} experiment={experiment} />;
  return (
    <div className="bar">
      <h2>{fence.title}</h2>
    </div>
  );
}

interface GenerateProps {
  readonly lesson: string;
  readonly fence: GenerateFence;
  readonly experiment: ExperimentFence;
}

function Generate({ lesson, fence, experiment }: GenerateProps) {
  const control = controlOf(fence.from, experiment);
  const network = useNetwork(control);
  const session = sessionOf(`${lesson}#${fence.id}`, fence);
  const scale = useScale(control);
  useAnswers(session, control, network.ready, fence, scale);
  useCommands(`${lesson}#${fence.id}`, control);
  const listening = useListening(session.store);

  return (
    <div className="generate">
      <div className="bar">
        <h2>{fence.title}</h2>
        <SeedChoices session={session} />
        <ListenButton listening={listening} />
      </div>
      <Picture session={session} fence={fence} scale={scale} listening={listening} />
      <Facts session={session} fence={fence} control={control} />
      <Note control={control} />
      <div className="generate-body">
        <Training control={control} network={network} />
        <Settings lesson={lesson} fence={fence} />
        <Sound listening={listening} />
      </div>
      <TakeAway store={session.store} />
    </div>
  );
}

interface PictureProps {
  readonly session: GenerateSession;
  readonly fence: GenerateFence;
  readonly scale: SeriesScale | null;
  readonly listening: Listening;
}

/** The pad; until the series is there, its room. */
function Picture({ session, fence, scale, listening }: PictureProps) {
  const points = useStore(session.store, (state) => state.seed.length);
  return (
    <div className="generate-picture">
      {scale && points > 0 && (
        <WaveformPad
          content={session.store}
          range={scale.range}
          steps={fence.steps}
          onDraw={session.draw}
          playhead={listening.position}
          playing={listening.playing}
        >
          <span className="q-input">Drag to draw: {points} values</span>
          <span className="q-output">
            What follows: {count(fence.steps)} steps, drawn closer
            {fence.noise > 0 && '; faint: other draws of the noise'}
          </span>
        </WaveformPad>
      )}
    </div>
  );
}

const sessions = new Map<string, GenerateSession>();

/** The session of a cell, kept as long as the page: a drawn waveform waits for the reader's return. */
function sessionOf(cell: string, { from, seed }: GenerateFence): GenerateSession {
  const key = `${cell} ${from}`;
  const known = sessions.get(key);
  if (known) return known;
  const made = createSession(runtime, from, seed);
  sessions.set(key, made);
  return made;
}

/** Of the run's series; of one that the page makes itself, before the worker has built anything. */
function useScale(control: ExperimentControl): SeriesScale | null {
  const summary = useStore(control.view, (view) => view.summary);
  return useMemo(
    () => (summary ? summaryScale(summary) : generatedScale(control.lesson.data.source)),
    [summary, control],
  );
}

/**
 * While it trains the continuation is asked for anew at most this often, in milliseconds: five times a second, and
 * seldom enough to leave training three quarters of the time, since an answer goes before it.
 */
const trainingInterval = (answer: number | null) => Math.max(200, 4 * (answer ?? 0));

/** Asks the network: at each change of settings, and again as it learns. */
function useAnswers(
  session: GenerateSession,
  control: ExperimentControl,
  ready: boolean,
  fence: GenerateFence,
  scale: SeriesScale | null,
): void {
  const points = useStore(control.view, (view) => (view.applied ?? view.settings).train.window);
  const { steps, mode, noise, noiseSeed } = fence;
  useEffect(() => {
    if (scale) session.configure({ ready, points, steps, mode, noise, noiseSeed, scale });
  }, [session, ready, scale, points, steps, mode, noise, noiseSeed]);
  useEffect(() => {
    if (!ready) return undefined;
    const again = throttled(session.refresh, () => trainingInterval(session.store.getState().milliseconds));
    const unsubscribe = runStore(control.key).subscribe((now, before) => {
      if (now.iteration !== before.iteration || now.attempt !== before.attempt) again.call();
    });
    return () => {
      unsubscribe();
      again.cancel();
    };
  }, [session, control, ready]);
}
