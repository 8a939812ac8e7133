import type { ReactNode } from 'react';
import { byteSize, count, duration, NO_NUMBER, plainNumber, shortNumber } from '../controls/format.ts';
import { Reading } from '../controls/Reading.tsx';
import { useDevice, useRun } from '../worker/client.ts';
import { latePositions } from './ExperimentChoices.ts';
import { KernelLine } from './ExperimentKernels.tsx';

/** How far the run is, as a line under the title. */
export function Progress({ runKey }: { readonly runKey: string }) {
  const share = useRun(runKey, (run) =>
    run.iterationsAsked === 0 ? 0 : Math.min(1, run.iteration / run.iterationsAsked),
  );
  return (
    <div className="progress" aria-hidden="true">
      <div style={{ width: `${(100 * share).toFixed(1)}%` }} />
    </div>
  );
}

interface FactsProps {
  readonly runKey: string;
  /** T of the run as it was built. */
  readonly window: number;
}

/** The readings that change while it trains. */
export function Facts({ runKey, window }: FactsProps) {
  const iteration = useRun(runKey, (run) => run.iteration);
  const asked = useRun(runKey, (run) => run.iterationsAsked);
  const loss = useRun(runKey, (run) => run.history.losses.at(-1));
  const heldOut = useRun(runKey, (run) => run.heldOutError?.late);
  const persistence = useRun(runKey, (run) => run.persistenceError?.late);
  const late = latePositions(window);
  return (
    <div className="facts">
      <Fact name="Iteration">
        <Reading label="Iteration" value={iteration} />
        {asked > 0 && ` of ${count(asked)}`}
      </Fact>
      <Fact name="Training loss">
        <Reading label="Training loss" value={loss} />
      </Fact>
      <Fact name={late ? <LateError positions={late} /> : 'Held-out error'}>
        <Reading label="Held-out error" value={heldOut} />
      </Fact>
      <Fact name="Repeating the last value">
        <Reading label="Persistence error" value={persistence} />
      </Fact>
      <Pace runKey={runKey} />
    </div>
  );
}

/** The word is for the eye where there is room for it: the table under the loss has it too. */
function LateError({ positions }: { readonly positions: string }) {
  return (
    <>
      Held-out error,<span className="positions"> positions</span> {positions}
    </>
  );
}

interface FactProps {
  readonly name: ReactNode;
  readonly children: ReactNode;
}

function Fact({ name, children }: FactProps) {
  return (
    <div className="fact">
      <span>{name}</span>
      <span>{children}</span>
    </div>
  );
}

function Pace({ runKey }: { readonly runKey: string }) {
  const pace = useRun(runKey, (run) => run.iterationsPerSecond);
  const left = useRun(runKey, (run) => run.iterationsAsked - run.iteration);
  const running = useRun(runKey, (run) => run.status === 'running');
  const secondsLeft = running && pace ? left / pace : null;
  return (
    <>
      <Fact name="Iterations a second">
        <Reading label="Iterations per second" value={pace} digits={2} />
      </Fact>
      <Fact name="Time left">
        <span className="reading">{secondsLeft === null ? NO_NUMBER : duration(secondsLeft)}</span>
      </Fact>
    </>
  );
}

/** Errors on the held-out windows: of the model, of persistence, and the one over the other. */
export function ErrorTable({ runKey, window }: FactsProps) {
  const model = useRun(runKey, (run) => run.heldOutError);
  const persistence = useRun(runKey, (run) => run.persistenceError);
  const late = latePositions(window);
  const ratio = (which: 'all' | 'late') =>
    model && persistence ? shortNumber(model[which] / persistence[which], 2) : shortNumber(null);
  return (
    <table className="errors">
      <caption>On held-out windows: mean squared error, where the series’ variance is 1</caption>
      <thead>
        <tr>
          <th scope="col">Positions</th>
          <th scope="col">model</th>
          <th scope="col">last value</th>
          <th scope="col">ratio</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">all</th>
          <td>{shortNumber(model?.all)}</td>
          <td>{shortNumber(persistence?.all)}</td>
          <td>{ratio('all')}</td>
        </tr>
        {late && (
          <tr>
            <th scope="row">{late}</th>
            <td>{shortNumber(model?.late)}</td>
            <td>{shortNumber(persistence?.late)}</td>
            <td>{ratio('late')}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** What an iteration costs, and what the model weighs. */
export function Costs({ runKey }: { readonly runKey: string }) {
  const { engine } = useDevice();
  const dispatches = useRun(runKey, (run) => run.dispatchesPerIteration);
  const perSubmission = useRun(runKey, (run) => run.iterationsPerSubmission);
  const pace = useRun(runKey, (run) => run.iterationsPerSecond);
  const parameters = useRun(runKey, (run) => run.parameters);
  const bytes = useRun(runKey, (run) => run.bytes);
  const shipped = useRun(runKey, (run) => run.origin === 'shipped');
  if (parameters === 0) return <span>The run is being built.</span>;
  const milliseconds = pace ? `, ${plainNumber(1000 / pace, 2)} ms` : '';
  return (
    <>
      {engine?.kind === 'reference' ? (
        <span>An iteration: on the processor{milliseconds}</span>
      ) : (
        <>
          <span>
            An iteration: {counted(dispatches, 'dispatch', 'dispatches')}
            {milliseconds}
          </span>
          <span>{counted(perSubmission, 'iteration', 'iterations')} in a submission</span>
          <KernelLine runKey={runKey} />
        </>
      )}
      <span>
        {count(parameters)} parameters, {byteSize(bytes)} in all
      </span>
      {shipped && <span>These weights came with the page; Reset starts from nothing</span>}
    </>
  );
}

function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
