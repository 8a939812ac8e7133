/** What there is to say when a saved run is loaded. */
import type { LoadedRun } from '../worker/protocol.ts';
import { seriesTitle } from './ExperimentChoices.ts';
import { kernelText } from './ExperimentKernelTexts.ts';

/** Why a file was not loaded. */
export function loadProblem(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(
    /^checkpoint\.?(?:configuration\.(?:training\.)?)?([^:]*):/,
    (_, part: string) => (part ? `its ${part}` : 'it'),
  );
  return `“${file}” was not loaded: ${reason}`;
}

/** What to know of a run that was trained on another series or by other kernels than it now goes on with; otherwise empty. */
export function loadRemark(file: string, loaded: LoadedRun): string {
  return [seriesRemark(file, loaded), kernelsRemark(file, loaded)].filter(Boolean).join(' ');
}

function seriesRemark(file: string, { trainedOn, series, sameValues }: LoadedRun): string {
  const ours = seriesTitle(series);
  if (trainedOn !== series) {
    return `“${file}” was trained on the series “${seriesTitle(trainedOn)}”. Here it goes on with “${ours}”.`;
  }
  if (sameValues) return '';
  return `“${file}” was trained on a series that is also named “${ours}”, but has other values.`;
}

function kernelsRemark(file: string, { otherKernels }: LoadedRun): string {
  if (!otherKernels) return '';
  const { saved, here } = otherKernels;
  return (
    `“${file}” was trained by other kernels (${kernelText(saved, here.family)}) than run here ` +
    `(${kernelText(here, here.family)}): from here on the last digits may differ.`
  );
}
