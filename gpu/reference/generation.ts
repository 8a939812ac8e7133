/** Continues a seed by feeding outputs back as inputs. F features, D draws side by side as rows of one batch. */
import type { GenerationRequest } from '../model/engine.ts';
import { gaussian, pcg4d, uniform } from '../model/random.ts';
import type { Network } from './network.ts';
import { finalStates, networkForward, type NetworkUse } from './network-forward.ts';
import type { StackStates } from './stack.ts';

/** Fourth counter of the noise's random numbers: "NOIS", to which the feature's index is added. */
const PURPOSE = 0x4e4f4953;

/**
 * The request is valid: see `validateGeneration`.
 * @param breathe awaited before each value, so that other work of the thread comes in.
 * @returns `[draws, steps, features]`
 */
export async function generate(
  network: Network,
  request: GenerationRequest,
  breathe: () => Promise<void>,
  use: NetworkUse = {},
): Promise<Float32Array> {
  const { steps, draws } = request;
  const features = network.model.outputSize;
  const next =
    request.mode === 'window' ? windowedModel(network, request, use) : carriedModel(network, request, use);
  const generated = new Float32Array(draws * steps * features);
  for (let step = 0; step < steps; step++) {
    await breathe();
    const values = next();
    for (let index = 0; index < values.length; index++) {
      const draw = Math.floor(index / features);
      const feature = index % features;
      values[index]! += request.noise * noiseAt(request.randomSeed, step, draw, feature);
      generated[(draw * steps + step) * features + feature] = values[index]!;
    }
  }
  return generated;
}

/** Gives `[D, F]` values per call; the noise that the caller adds to them in place is what the model reads next. */
type Model = () => Float64Array;

/** Each value: the last output after reading the last `window` values from a zero state. */
function windowedModel(network: Network, { seed, window, draws }: GenerationRequest, use: NetworkUse): Model {
  const features = network.model.outputSize;
  const recent = seedSteps(seed, draws, features).slice(-window);
  return () => {
    const sequence = { steps: window, batch: draws, inputs: concatenated(recent) };
    const { outputs } = networkForward(network, sequence, use);
    const values = outputs.slice(-draws * features);
    recent.shift();
    recent.push(values);
    return values;
  };
}

/** Reads the seed once from a zero state, then each value, the state carried on. */
function carriedModel(network: Network, { seed, draws }: GenerationRequest, use: NetworkUse): Model {
  const features = network.model.outputSize;
  let inputs = concatenated(seedSteps(seed, draws, features));
  let initialStates: StackStates | undefined;
  return () => {
    const steps = inputs.length / (draws * features);
    const trace = networkForward(network, { steps, batch: draws, inputs }, { ...use, initialStates });
    initialStates = finalStates(network, trace);
    inputs = trace.outputs.slice(-draws * features);
    return inputs;
  };
}

/** The seed's time steps, each repeated for every draw: `[D, F]` each. */
function seedSteps(seed: Float32Array, draws: number, features: number): Float64Array[] {
  return Array.from({ length: seed.length / features }, (_, t) => {
    const step = new Float64Array(draws * features);
    for (let index = 0; index < step.length; index++) step[index] = seed[t * features + (index % features)]!;
    return step;
  });
}

function concatenated(steps: readonly Float64Array[]): Float64Array {
  const size = steps[0]!.length;
  const sequence = new Float64Array(steps.length * size);
  steps.forEach((step, t) => sequence.set(step, t * size));
  return sequence;
}

function noiseAt(randomSeed: number, step: number, draw: number, feature: number): number {
  const [u, v] = pcg4d(randomSeed, step, draw, PURPOSE + feature);
  return gaussian(uniform(u), uniform(v));
}
