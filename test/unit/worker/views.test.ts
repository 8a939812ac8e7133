import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../app/worker/protocol.ts';
import { emptyView, nextView, runStore, type RunView } from '../../../app/worker/views.ts';

const KEY = 'predict#train';

function report(changes: Partial<RunReport> = {}): RunReport {
  return { ...emptyView(KEY), attempt: 1, newIterations: [], newLosses: [], ...changes };
}

function after(...reports: Partial<RunReport>[]): RunView {
  return reports.reduce<RunView>((view, changes) => nextView(view, report(changes)), emptyView(KEY));
}

const losses = (...values: number[]): Partial<RunReport> => ({
  newIterations: values.map((_, i) => i + 1),
  newLosses: values,
});

describe('the view of a run', () => {
  it('joins the losses of its reports', () => {
    const view = after(losses(3, 2), { newIterations: [3], newLosses: [1] });
    expect(view.history).toEqual({ iterations: [1, 2, 3], losses: [3, 2, 1] });
    expect(view.earlier).toEqual([]);
  });

  it('keeps readings that a report leaves unchanged', () => {
    const errors = { all: 1, late: 0.5 };
    const view = after({ heldOutError: errors, persistenceError: errors }, { iteration: 7 });
    expect(view.heldOutError).toBe(errors);
    expect(view.persistenceError).toBe(errors);
    expect(view.iteration).toBe(7);
  });

  it('forgets the readings of the attempt before, and keeps its losses as earlier', () => {
    const view = after({ ...losses(3, 2), heldOutError: { all: 1, late: 1 } }, { attempt: 2, ...losses(9) });
    expect(view.heldOutError).toBeNull();
    expect(view.history).toEqual({ iterations: [1], losses: [9] });
    expect(view.earlier).toEqual([{ iterations: [1, 2], losses: [3, 2] }]);
  });

  it('keeps three earlier attempts, the latest first, and none that says nothing', () => {
    const attempts = [1, 2, 3, 4, 5].map((attempt) => ({ attempt, ...losses(attempt, attempt) }));
    const view = after(...attempts, { attempt: 6, ...losses(6) }, { attempt: 7 });
    expect(view.earlier.map((history) => history.losses[0])).toEqual([5, 4, 3]);
  });
});

describe('runStore', () => {
  it('is one store for one key, empty at first', () => {
    expect(runStore('a#b')).toBe(runStore('a#b'));
    expect(runStore('a#b')).not.toBe(runStore('a#c'));
    expect(runStore('a#b').getState()).toEqual(emptyView('a#b'));
  });
});
