/** Draws that cover every pair of options that can meet, and then more of them. */
import { ConfigurationError } from '../../gpu/index.ts';
import { validateData, validateExamples } from '../../gpu/model/validate-data.ts';
import { validateConfiguration } from '../../gpu/model/validation.ts';
import {
  build,
  type Choice,
  OPTION_NAMES,
  OPTIONS,
  randomChoice,
  randomSizes,
  type Sizes,
} from './configurations.ts';
import { RandomSource } from './random.ts';

/** Pairs that a configuration error refuses. */
export const IMPOSSIBLE: readonly string[] = [
  'direction=bidirectional, feeding=own',
  'direction=bidirectional, start=encoder',
  'direction=bidirectional, start=bidirectional encoder',
  'direction=bidirectional, attention=dot',
  'direction=bidirectional, attention=additive',
  'direction=bidirectional, keepEvery=some',
  'direction=bidirectional, data=streams',
  'input=one-hot, inputAt=first-step',
  'input=embedding, inputAt=first-step',
  'input=one-hot, dropout=input',
  'inputAt=first-step, feeding=own',
  'inputAt=first-step, data=streams',
  'feeding=own, readout=last-step',
  'feeding=own, readout=none',
  'feeding=own, keepEvery=some',
  'start=zero, attention=dot',
  'start=zero, attention=additive',
  'start=given, attention=dot',
  'start=given, attention=additive',
  'start=vector, attention=dot',
  'start=vector, attention=additive',
  'start=vector, data=streams',
  'start=encoder, data=streams',
  'start=bidirectional encoder, data=streams',
  'attention=dot, readout=last-step',
  'attention=dot, readout=none',
  'attention=additive, readout=last-step',
  'attention=additive, readout=none',
  'attention=dot, keepEvery=some',
  'attention=additive, keepEvery=some',
  'attention=dot, data=streams',
  'attention=additive, data=streams',
  'readout=last-step, projection=per-step',
  'readout=none, projection=per-step',
  'readout=none, head=softmax',
  'readout=last-step, costSteps=some',
  'readout=none, costSteps=some',
  'readout=last-step, data=streams',
  'readout=none, data=streams',
  'lengths=lengths, data=streams',
];

export interface Draw {
  readonly seed: number;
  readonly choice: Choice;
  readonly sizes: Sizes;
}

export interface Covering {
  readonly draws: readonly Draw[];
  /** Pairs besides the impossible ones that no valid configuration was found for. */
  readonly unmet: readonly string[];
}

/** Tries to make a pair meet before it is given up. */
const ATTEMPTS = 400;

/** @param count draws, of which the first cover the pairs. */
export function coveringDraws(count: number, seed: number): Covering {
  const random = new RandomSource(seed);
  const open = new Set(allPairs().filter((pair) => !IMPOSSIBLE.includes(pair)));
  const draws: Draw[] = [];
  const unmet: string[] = [];
  while (draws.length < count) {
    const [pair] = open;
    const draw = validDraw(random, pair, draws.length + 1);
    if (!draw) {
      open.delete(pair!);
      unmet.push(pair!);
      continue;
    }
    draws.push(draw);
    for (const met of pairsOf(draw.choice)) open.delete(met);
  }
  return { draws, unmet: [...unmet, ...open] };
}

/** Others at random, of which ever more take their first level, until the whole can be. */
function validDraw(random: RandomSource, pair: string | undefined, seed: number): Draw | null {
  const fixed = Object.fromEntries(
    (pair ?? '').split(', ').map((part) => part.split('=')),
  ) as Partial<Choice>;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const drawn = randomChoice(random);
    const calm = random.uniform() * (0.4 + (0.6 * attempt) / ATTEMPTS);
    const eased = OPTION_NAMES.map((name) => [
      name,
      random.uniform() < calm ? OPTIONS[name][0] : drawn[name],
    ]);
    const choice = { ...Object.fromEntries(eased), ...(pair ? fixed : {}) } as Choice;
    const sizes = randomSizes(random);
    if (canBe(choice, sizes, seed)) return { seed, choice, sizes };
  }
  return null;
}

export function canBe(choice: Choice, sizes: Sizes, seed: number): boolean {
  try {
    const { configuration, examples, data } = build(choice, sizes, new RandomSource(seed));
    validateConfiguration(configuration);
    validateExamples(configuration.model, examples, 'examples');
    validateData(configuration, data);
    return choice.start !== 'given' || !configuration.model.vectorSize;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

function allPairs(): string[] {
  return OPTION_NAMES.flatMap((one, index) =>
    OPTION_NAMES.slice(index + 1).flatMap((other) =>
      OPTIONS[one].flatMap((left) => OPTIONS[other].map((right) => `${one}=${left}, ${other}=${right}`)),
    ),
  );
}

function pairsOf(choice: Choice): string[] {
  return OPTION_NAMES.flatMap((one, index) =>
    OPTION_NAMES.slice(index + 1).map((other) => `${one}=${choice[one]}, ${other}=${choice[other]}`),
  );
}
