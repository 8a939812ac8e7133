import { memo } from 'react';
import { useStore } from 'zustand';
import { WorkButton } from '../controls/Button.tsx';
import { count, plainNumber } from '../controls/format.ts';
import { Reading } from '../controls/Reading.tsx';
import { useRun } from '../worker/client.ts';
import { type History, thin } from '../worker/history.ts';
import { modelText } from './ExperimentChoices.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { ExperimentPlayBar } from './ExperimentPlayBar.tsx';
import { DropoutSetting, NetworkSettings, OptimizerSetting } from './ExperimentResetSettings.tsx';
import { Waiting } from './ExperimentSettings.tsx';
import type { Network } from './GenerateNetwork.ts';

interface TrainingProps {
  readonly control: ExperimentControl;
  readonly network: Network;
}

/** The network behind the continuation, to be trained in place. */
export function Training({ control, network }: TrainingProps) {
  const { key } = control;
  const iteration = useRun(key, (run) => run.iteration);
  const asked = useRun(key, (run) => run.iterationsAsked);
  const loss = useRun(key, (run) => run.history.losses.at(-1));
  const history = useRun(key, (run) => run.history);
  return (
    <section className="generate-part" aria-label="The network">
      <h3>The network</h3>
      <ExperimentPlayBar control={control} />
      <div className="generate-readings">
        <span>
          Iteration <Reading label="Iteration" value={iteration} />
          {asked > 0 && ` of ${count(asked)}`}
        </span>
        <span>
          Training loss <Reading label="Training loss" value={loss} />
        </span>
      </div>
      <LossCurve history={history} />
      <Origin control={control} network={network} />
      <NetworkChoices control={control} />
    </section>
  );
}

/** Which weights these are, and the way back to those that came with the page. */
function Origin({ control, network }: TrainingProps) {
  const shipped = useRun(control.key, (run) => run.origin === 'shipped');
  const untrained = useRun(control.key, (run) => run.iteration === 0 && run.status !== 'running');
  const built = useStore(control.view, (view) => view.applied !== null);
  const dispatches = useRun(control.key, (run) => run.dispatchesPerIteration);
  if (!built) return <small>The network is being built.</small>;
  return (
    <>
      {shipped && (
        <small>
          These weights came with the page. Play trains them on; Reset begins again with random ones.
        </small>
      )}
      {!shipped && untrained && (
        <>
          <small>
            {network.notice ||
              'Untrained: its weights are random. Press Play and watch the line find its swing.'}
          </small>
          <WorkButton busyText="Bringing it back…" onPress={network.bringShipped}>
            Bring back the shipped network
          </WorkButton>
        </>
      )}
      {!shipped && !untrained && (
        <small>
          Trained in your browser{dispatches > 0 && `, ${count(dispatches)} dispatches an iteration`}. Reset
          begins again with random weights.
        </small>
      )}
    </>
  );
}

/** What the network is, and what else it could be. */
function NetworkChoices({ control }: { readonly control: ExperimentControl }) {
  const model = useStore(control.view, (view) => (view.applied ?? view.settings).model);
  return (
    <details className="more">
      <summary>{modelText(model)}</summary>
      <div className="further">
        <NetworkSettings control={control} />
        <OptimizerSetting control={control} />
        <DropoutSetting control={control} />
        <small>
          Its other settings are <a href={`#/${control.key.split('#')[0]}`}>where it is trained</a>.
        </small>
        <Waiting control={control} />
      </div>
    </details>
  );
}

const CURVE = { width: 240, height: 44, points: 240 };

/** The loss so far, small, on a logarithmic scale. */
const LossCurve = memo(function LossCurve({ history }: { readonly history: History }) {
  const { iterations, losses } = thin(history, CURVE.points);
  const drawn = losses.length > 1;
  return (
    <figure className="generate-loss" aria-label="Loss curve">
      <figcaption>
        {drawn
          ? `Loss, log scale: from ${plainNumber(losses[0])} to ${plainNumber(losses.at(-1))}`
          : 'Nothing trained here yet'}
      </figcaption>
      <svg
        viewBox={`0 0 ${CURVE.width} ${CURVE.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {drawn && <path d={lossPath(iterations, losses)} />}
      </svg>
    </figure>
  );
});

function lossPath(iterations: readonly number[], losses: readonly number[]): string {
  const logs = losses.map((loss) => Math.log(Math.max(loss, 1e-12)));
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  const first = iterations[0]!;
  const span = iterations.at(-1)! - first || 1;
  return iterations
    .map((iteration, index) => {
      const x = ((iteration - first) / span) * CURVE.width;
      const y = 2 + ((high - logs[index]!) / (high - low || 1)) * (CURVE.height - 4);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
