/** Continuations of a random seed by a random model: as a run records them, and by the reference. */
import type { KernelChoice } from '../../gpu/kernels/choice.ts';
import type { RecurrentLayerConfiguration } from '../../gpu/model/configuration.ts';
import type { Forcing, GenerationRequest } from '../../gpu/model/engine.ts';
import { buildNetwork, forcedSizes } from '../../gpu/model/network.ts';
import { heldUnits } from '../../gpu/reference/forcing.ts';
import { generate } from '../../gpu/reference/generation.ts';
import { networkOf } from '../../gpu/reference/network.ts';
import { forcedValues } from '../../gpu/training/forced.ts';
import {
  generatorShape,
  generatorSizes,
  recordGenerator,
  requestContents,
  saidValues,
} from '../../gpu/training/generation.ts';
import { expectForwardClose } from './compare.ts';
import { type Mutation, runRecordings } from './gpu.ts';
import type { Compare } from './mutation.ts';
import { randomParameters } from './problem.ts';
import { RandomSource } from './random.ts';

export interface ContinuationCase {
  readonly layers: readonly RecurrentLayerConfiguration[];
  readonly features: number;
  readonly seedLength: number;
  readonly steps: number;
  /** 0: the state is carried on. */
  readonly window: number;
  readonly draws: number;
  readonly noise: number;
  readonly forcings?: readonly Forcing[];
}

export type ContinuationKernels = Pick<KernelChoice, 'family' | 'continuation'>;

/** What is compared, made once; fails where the kernels' continuation is not the reference's. */
export function continuationCompare(wanted: ContinuationCase, kernels: ContinuationKernels): Compare {
  const { layers, features, window, forcings = [] } = wanted;
  const model = { inputSize: features, layers, outputSize: features };
  const random = new RandomSource(31);
  const parameters = randomParameters(random, model);
  const seed = random.normals(wanted.seedLength * features);
  const request: GenerationRequest = {
    ...wanted,
    seed,
    mode: window > 0 ? 'window' : 'carried',
    randomSeed: 5,
  };
  const reference = networkOf(model, Float64Array.from(parameters));
  const held = forcings.length > 0 ? { held: heldUnits(model, forcings) } : {};
  const expected = generate(reference, request, () => Promise.resolve(), held);
  return async (mutate) => {
    const network = buildNetwork(model);
    const shape = generatorShape(request, network, kernels, forcings.length > 0);
    const sizes = generatorSizes(network, shape);
    const zeros = Object.entries(sizes)
      .filter(([name]) => name.endsWith('.states'))
      .map(([name, words]) => [name, new Float32Array(words)] as const);
    const contents = requestContents(network, request, shape);
    const sequence = new Uint32Array(new Float32Array(sizes['sequence']!).fill(NaN).buffer);
    sequence.set(contents['sequence']!);
    const given = { ...Object.fromEntries(zeros), ...contents, sequence, parameters };
    const results = await runRecordings(
      { ...sizes, ...(shape.forced ? forcedSizes(network) : {}), parameters: parameters.length },
      { ...given, ...(shape.forced ? forcedValues(network, forcings) : {}) },
      (buffers) =>
        recordGenerator({ ...kernels, parameters: buffers['parameters']! }, network, buffers, shape),
      mutate,
    );
    expectForwardClose(saidValues(results['sequence']!, shape, features), await expected, 'said');
  };
}

/** The kernels of a continuation, in the order in which they are dispatched, without what a variant adds. */
export async function continuationKernels(
  wanted: ContinuationCase,
  kernels: ContinuationKernels,
): Promise<string[]> {
  const names: string[] = [];
  const note: Mutation = (recording) => {
    names.push(recording.kernel.name.split('.')[0]!);
    return recording;
  };
  await continuationCompare(wanted, kernels)(note);
  return names;
}
