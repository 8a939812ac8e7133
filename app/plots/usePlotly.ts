/** Plotly, loaded once, when the first plot is on the page. */
import type Plotly from 'plotly.js-cartesian-dist-min';
import { useEffect, useState } from 'react';

let loading: Promise<typeof Plotly> | undefined;

/** Null until plotly is there; `problem` says why it will not be. */
export function usePlotly() {
  const [plotly, setPlotly] = useState<typeof Plotly | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    loading ??= idle().then(async () => (await import('plotly.js-cartesian-dist-min')).default);
    loading.then(
      (loaded) => gone || setPlotly(loaded),
      () => gone || setProblem('The plot could not be loaded. Its text and its readings still hold.'),
    );
    return () => {
      gone = true;
    };
  }, []);
  return { plotly, problem };
}

/** When the page has nothing better to do, or after a second. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 200);
  });
}
