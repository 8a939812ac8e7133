/** A run of the benchmark: every peer at every job, side by side and by turns, so that what drifts drifts for all. */
import { type Case, CASES, CELLS, type CellName, GENERATION_MODES, type Job, operations } from './cases.ts';
import { Entrant, type EntrantResult } from './entrant.ts';
import type { Host } from './host.ts';
import { OURS, type PeerEntry } from './peers/index.ts';
import type { Yardstick } from './yardstick.ts';

export interface Asked {
  readonly cases: readonly Case[];
  readonly cells: readonly CellName[];
  /** Who runs where, in the order of the table. */
  readonly entries: readonly { readonly host: Host; readonly peer: PeerEntry }[];
  /** One for each host. */
  readonly yardsticks: readonly Yardstick[];
  /** Told what is being done. */
  readonly report: (line: string) => void;
  /** Given all rows so far, each time a job is done. */
  readonly done: (rows: readonly Row[]) => void;
}

/** A row of the table. */
export interface Row extends EntrantResult {
  readonly test: string;
  readonly cell: CellName;
  readonly gigaflops?: number;
  /** Of the adapter, for what runs on it: 10⁹ operations a second, and the share of it that is reached. */
  readonly ceiling?: number;
  readonly share?: number;
  /** Milliseconds over those of ours in the same place, or in the first place where ours is. */
  readonly ratio?: number;
  /** Largest relative difference of the first losses from the reference's, or from ours where it was not run. */
  readonly difference?: number;
}

export interface Measured {
  readonly results: readonly EntrantResult[];
  /** By place: the most of several readings among the training rows, in 10⁹ operations a second. */
  readonly ceilings: Readonly<Record<string, number>>;
}

export async function run(asked: Asked): Promise<Row[]> {
  const rows: Row[] = [];
  for (const test of asked.cases) {
    for (const cell of asked.cells) {
      const job: Job = { test, cell };
      rows.push(...compared(job, await measure(job, asked)));
      asked.done(rows);
    }
  }
  return rows;
}

async function measure(job: Job, { entries, yardsticks, report }: Asked): Promise<Measured> {
  const entrants = entries.map(({ host, peer }) => new Entrant(host, peer, job));
  const ceilings: Record<string, number> = {};
  const measureCeilings = async (): Promise<void> => {
    for (const yardstick of yardsticks) {
      const gigaflops = (await yardstick.gigaflops()) ?? 0;
      ceilings[yardstick.place] = Math.max(gigaflops, ceilings[yardstick.place] ?? 0);
    }
  };
  const stage = async (name: string, work: (entrant: Entrant) => Promise<void>): Promise<void> => {
    for (const entrant of entrants) {
      report(`${job.test.name} ${job.cell}: ${name}, ${entrant.label}`);
      await work(entrant);
    }
  };
  try {
    await stage('opening', (entrant) => entrant.prepare());
    while (entrants.some((entrant) => entrant.isTraining)) {
      await measureCeilings();
      await stage('training', (entrant) => entrant.trainRow());
    }
    for (const mode of job.test.input === 1 ? GENERATION_MODES : []) {
      await stage(`generation, ${mode}`, (entrant) => entrant.prepareGeneration(mode));
      while (entrants.some((entrant) => entrant.isGenerating(mode))) {
        await stage(`generation, ${mode}`, (entrant) => entrant.generationRow(mode));
      }
    }
    await stage('overhead', (entrant) => entrant.measureOverhead());
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.end()));
  }
  return { results: entrants.map((entrant) => entrant.result), ceilings };
}

/** Adds what follows from the results of one job together. */
export function compared(job: Job, { results, ceilings }: Measured): Row[] {
  const losses = (
    results.find(({ peer, losses }) => peer === 'reference' && losses.length > 1) ??
    results.find(({ peer }) => peer === OURS)
  )?.losses;
  return results.map((result): Row => {
    const { step } = result;
    const difference = losses && largestDifference(result.losses, losses);
    const row = {
      ...result,
      test: job.test.name,
      cell: job.cell,
      ...(difference === undefined ? {} : { difference }),
    };
    if ('stopped' in step) return row;
    const ours = medianOfOurs(results, result.where);
    const gigaflops = operations(job) / step.median / 1e6;
    const ceiling = result.dispatches ? ceilings[result.where] : undefined;
    return {
      ...row,
      gigaflops,
      ...(ceiling ? { ceiling, share: gigaflops / ceiling } : {}),
      ...(ours === undefined ? {} : { ratio: step.median / ours }),
    };
  });
}

function medianOfOurs(results: readonly EntrantResult[], where: string): number | undefined {
  const ours = results.filter(({ peer }) => peer === OURS);
  const step = (ours.find((result) => result.where === where) ?? ours[0])?.step;
  return step && 'median' in step ? step.median : undefined;
}

function largestDifference(values: readonly number[], expected: readonly number[]): number | undefined {
  const count = Math.min(values.length, expected.length);
  if (count === 0) return undefined;
  return Math.max(...values.slice(0, count).map((value, index) => Math.abs(value / expected[index]! - 1)));
}

/** @throws Error naming what there is. */
export function casesNamed(letters: string): Case[] {
  return letters
    .replaceAll(',', '')
    .split('')
    .map((letter) => {
      const found = CASES.find(({ name }) => name === letter);
      if (!found)
        throw new Error(`No case ${letter}. There are: ${CASES.map(({ name }) => name).join(', ')}.`);
      return found;
    });
}

/** @throws Error naming what there is. */
export function cellsNamed(names: string): CellName[] {
  return names.split(',').map((name) => {
    const found = CELLS.find((cell) => cell === name);
    if (!found) throw new Error(`No cell ${name}. There are: ${CELLS.join(', ')}.`);
    return found;
  });
}
