import { useStore } from 'zustand';
import { WorkButton } from '../controls/Button.tsx';
import { Select } from '../controls/Select.tsx';
import { useDevice, useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { kernelSettings, kernelsLine, timingRows } from './ExperimentKernelTexts.ts';

/** The family of the kernels made for the adapter that runs. */
function useOwnFamily(): 'software' | 'hardware' {
  return useDevice().engine?.software ? 'software' : 'hardware';
}

/** Which kernels run, and why, as a line among the costs. */
export function KernelLine({ runKey }: { readonly runKey: string }) {
  const own = useOwnFamily();
  const line = useRun(runKey, ({ kernels }) => kernelsLine(kernels, own));
  return line && <span>Kernels: {line}</span>;
}

/** The kernels to be taken; what each of them took where they were measured. The reference engine has none. */
export function KernelSettings({ control }: { readonly control: ExperimentControl }) {
  const setting = useStore(control.view, (view) => view.settings.train.kernels);
  const { label } = kernelSettings.find(({ value }) => value === setting)!;
  const { engine } = useDevice();
  if (engine?.kind === 'reference') return null;
  return (
    <details className="more">
      <summary>Kernels: {label.toLowerCase()}</summary>
      <div className="further">
        <Select
          label="Kernels"
          value={setting}
          options={kernelSettings}
          onChange={(kernels) => control.change({ train: { kernels } })}
        />
        <small>They compute the same but for rounding. Which are the fastest depends on the adapter.</small>
        {setting === 'automatic' && <Measured control={control} />}
      </div>
    </details>
  );
}

/** What the choices took when they were measured here, and the way to measure them. */
function Measured({ control }: { readonly control: ExperimentControl }) {
  const own = useOwnFamily();
  const { choices, timings } = useRun(control.key, (run) => run.kernels);
  if (choices < 2) return <small>On this adapter one kind alone suits this network.</small>;
  const measured = timings.length > 0;
  return (
    <>
      {measured ? (
        <ul className="timings" aria-label="An iteration, as measured">
          {timingRows(timings, own).map(({ what, time }) => (
            <li key={what}>
              <span>{what}</span> <span>{time}</span>
            </li>
          ))}
        </ul>
      ) : (
        <small>The first Play finds the fastest of {choices} kinds.</small>
      )}
      <WorkButton busyText="Measuring…" onPress={() => control.measureKernels()}>
        {measured ? 'Measure again' : 'Measure now'}
      </WorkButton>
    </>
  );
}
