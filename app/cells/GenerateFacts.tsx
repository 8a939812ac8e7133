import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/shallow';
import type { StoreApi } from 'zustand/vanilla';
import { Button } from '../controls/Button.tsx';
import { count, plainNumber, settingNumber } from '../controls/format.ts';
import type { GenerateFence } from '../notebook/schema.ts';
import { useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { offerFile } from './ExperimentFiles.ts';
import { generatedCsv } from './GenerateCsv.ts';
import type { GenerateSession, GenerateState } from './GenerateSession.ts';

interface FactsProps {
  readonly session: GenerateSession;
  readonly fence: GenerateFence;
  readonly control: ExperimentControl;
}

/** What was generated, how, how fast, and by which network. */
export function Facts({ session, fence, control }: FactsProps) {
  const { milliseconds, isFirst, values, iteration, working, problem } = useStore(
    session.store,
    useShallow((state) => ({
      ...state,
      seed: null,
      sequences: null,
      values: state.sequences[0]?.length ?? 0,
    })),
  );
  const window = useStore(control.view, (view) => view.applied?.train.window);
  const shipped = useRun(control.key, (run) => run.origin === 'shipped');
  return (
    <div className="facts generate-facts">
      <span className="generate-time">
        {milliseconds === null ? (
          'Asking the network …'
        ) : (
          <>
            <strong>{count(values)}</strong> values in <strong>{plainNumber(milliseconds, 2)}</strong> ms
            {isFirst && ', the first time'}
          </>
        )}
      </span>
      <span>
        {fence.mode === 'carried' ? 'Carried state' : `Sliding window of ${window ?? '–'}`},{' '}
        {fence.noise === 0 ? 'nothing added' : `noise of ${percent(fence.noise)} added`}
      </span>
      {iteration !== null && <span>{networkName(shipped, iteration)}</span>}
      <span className="generate-working" data-working={working || undefined}>
        working …
      </span>
      {problem && (
        <span className="generate-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function networkName(shipped: boolean, iteration: number): string {
  if (shipped) return `Network: shipped with the page, ${count(iteration)} iterations`;
  if (iteration === 0) return 'Network: untrained, its weights still random';
  return `Network: trained here, iteration ${count(iteration)}`;
}

/** A share of the series' deviation. */
export function percent(share: number): string {
  return `${settingNumber(100 * share)} %`;
}

/** The values, to be taken elsewhere. */
export function TakeAway({ store }: { readonly store: StoreApi<GenerateState> }) {
  const [said, say] = useState('');
  const ready = useStore(store, (state) => state.sequences.length > 0);
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => say(''), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  const csv = () => generatedCsv(store.getState().seed, store.getState().sequences);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(csv());
      say('Copied.');
    } catch {
      say('This browser does not allow copying here. Download the file instead.');
    }
  };
  return (
    <div className="foot generate-take">
      <span>Nothing leaves this machine.</span>
      <output className="generate-said">{said}</output>
      <span className="files">
        <Button look="quiet" disabled={!ready} onClick={() => void copy()}>
          Copy as data
        </Button>
        <Button
          look="quiet"
          disabled={!ready}
          onClick={() => offerFile('generated.csv', csv(), 'text/csv;charset=utf-8')}
        >
          Download CSV
        </Button>
      </span>
    </div>
  );
}
