import { useStore } from 'zustand';
import { Button } from '../controls/Button.tsx';
import { linearScale } from '../controls/scale.ts';
import { Slider } from '../controls/Slider.tsx';
import { ForecastPlot } from '../plots/ForecastPlot.tsx';
import { useRun } from '../worker/client.ts';
import type { ExperimentControl } from './ExperimentControl.ts';
import { offerFile } from './ExperimentFiles.ts';

interface ForecastProps {
  readonly control: ExperimentControl;
  /** T of the run as it was built. */
  readonly window: number;
}

/** The forecast of one held-out window, which one it is, and its numbers as a file. */
export function Forecast({ control, window }: ForecastProps) {
  const forecast = useRun(control.key, (run) => run.forecast);
  const windows = forecast?.windows ?? 0;
  const shown = useStore(control.view, (view) => view.window);
  const download = async () => {
    const csv = await control.forecastCsv();
    if (csv !== null) offerFile(`${control.key.replace('#', '-')}-forecast.csv`, csv, 'text/csv');
  };
  return (
    <div className="panel forecast">
      <ForecastPlot forecast={forecast} steps={window} />
      <div className="window-row">
        <Slider
          label="Held-out window"
          value={shown}
          scale={linearScale(0, Math.max(0, windows - 1))}
          text={(value) => (windows === 0 ? '–' : `${value + 1} of ${windows}`)}
          disabled={windows < 2}
          onMove={(value) => control.showWindow(value)}
          onCommit={(value) => control.showWindow(value)}
        />
        <Button onClick={() => void download()} aria-disabled={!forecast}>
          Download CSV
        </Button>
      </div>
    </div>
  );
}
