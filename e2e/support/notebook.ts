/** The notebook as a reader meets it: everything is found by the names that assistive technology reads out. */
import { expect, type Locator, type Page } from '@playwright/test';

/** What a reading says before there is a number. */
export const NOTHING_YET = '–';

/** Reading that every training cell has. */
export type ReadingName =
  | 'Training loss'
  | 'Held-out error'
  | 'Persistence error'
  | 'Iteration'
  | 'Iterations per second';

export class Notebook {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a lesson by its route and waits until its live cells stand. */
  async open(slug: string): Promise<void> {
    await this.page.goto(`./#/${slug}`);
    await expect(this.page.locator('h1')).toBeVisible();
    await expect(this.device).toHaveText(/·/);
  }

  get device(): Locator {
    return this.page.getByRole('status', { name: 'Device', exact: true });
  }

  /** A notebook cell by the id of its fence or heading. */
  cell(id: string): Locator {
    return this.page.locator(`section[data-cell="${id}"]`);
  }

  /** The cell that can train on this page: `predict#train`. */
  get train(): TrainingCell {
    return new TrainingCell(this.cell('train'));
  }

  get seedPad(): Locator {
    return this.page.getByRole('group', { name: 'Seed waveform', exact: true });
  }

  get generated(): Locator {
    return this.page.getByRole('figure', { name: 'Generated sequence', exact: true });
  }

  /** The first values of the generated sequence, as the figure's text lists them. */
  async generatedValues(): Promise<number[]> {
    const text = (await this.generated.textContent()) ?? '';
    return numbersIn(text);
  }
}

/** Numbers of a text, whichever sign stands for minus. */
export function numbersIn(text: string): number[] {
  const found = text.replaceAll('−', '-').match(/-?\d+(\.\d+)?/g);
  return (found ?? []).map(Number);
}

/** A notebook cell with a play bar and readings. */
export class TrainingCell {
  readonly root: Locator;
  constructor(root: Locator) {
    this.root = root;
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  reading(name: ReadingName): Locator {
    return this.root.getByRole('status', { name, exact: true });
  }

  /** A reading's number; NaN for the dash. */
  async number(name: ReadingName): Promise<number> {
    const text = ((await this.reading(name).textContent()) ?? '').trim();
    return text === NOTHING_YET ? Number.NaN : Number(text);
  }

  async play(): Promise<void> {
    await this.button('Play').click();
    await expect(this.button('Pause')).toBeVisible();
  }

  /** Pauses and waits until what was in flight has been counted. */
  async pause(): Promise<number> {
    await this.button('Pause').click();
    await expect(this.button('Play')).toBeVisible();
    return this.settledIteration();
  }

  /** The iteration once it has stood still for half a second. */
  async settledIteration(): Promise<number> {
    let last = Number.NaN;
    await expect
      .poll(
        async () => {
          const before = last;
          last = await this.number('Iteration');
          return last === before;
        },
        { intervals: [500], message: 'the iteration stands still' },
      )
      .toBe(true);
    return last;
  }

  /** Steps once and waits until the iteration has moved. */
  async step(): Promise<void> {
    const before = await this.number('Iteration');
    await this.button('Step').click();
    await this.reachIteration(before + 1);
  }

  /** Waits until the forecast has been made anew for the last iteration, as the held-out error shows. */
  async settledForecast(): Promise<void> {
    let last = '';
    await expect
      .poll(
        async () => {
          const before = last;
          last = (await this.reading('Held-out error').textContent()) ?? '';
          return last === before && last !== NOTHING_YET;
        },
        { intervals: [1500], message: 'the held-out error stands still' },
      )
      .toBe(true);
  }

  async reachIteration(iteration: number, timeout = 60_000): Promise<void> {
    await expect
      .poll(() => this.number('Iteration'), { timeout, message: `iteration ${iteration} is reached` })
      .toBeGreaterThanOrEqual(iteration);
  }

  /** How many dispatches an iteration takes, as the footer says. */
  async dispatches(): Promise<number> {
    const text = (await this.root.textContent()) ?? '';
    return Number(/([\d,]+) dispatch/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
  }
}
