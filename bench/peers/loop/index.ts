/** Training and generation in plain loops over typed arrays: what the other peers have to beat to be worth it. */
import type { OptimizerConfiguration } from '../../../gpu/index.ts';
import { generationRequest, type GenerationMode, type PreparedJob, WINDOW } from '../../cases.ts';
import type { PreparedPeer, PreparePeer } from '../peer.ts';
import { LoopNetwork } from './network.ts';

// oxlint-disable-next-line typescript/require-await -- a peer's interface; the loops themselves wait for nothing
export const loop: PreparePeer = async (job): Promise<PreparedPeer> => {
  const network = new LoopNetwork(job, job.configuration, job.state.parameters, job.test);
  const adam = new Adam(network, job.configuration.training.optimizer);
  let done = 0;
  return {
    train: (steps) => {
      const losses = Array.from({ length: steps }, () => {
        const batch = job.batches[done % job.batches.length]!;
        done += 1;
        network.forward(batch.inputs);
        const loss = network.backward(batch);
        adam.update();
        return loss;
      });
      return Promise.resolve(losses);
    },
    generate: (mode, count) => Promise.resolve(generate(job, network.parameters, mode, count)),
    bytesDuring: (step) => step().then(() => network.bytes + adam.bytes),
    dispose: () => {},
  };
};

type AdamSettings = Extract<OptimizerConfiguration, { beta1: number }>;

/** w ← w − rate·m̂ / (√v̂ + ε) over all parameters at once (Kingma and Ba, 2015). */
class Adam {
  readonly #network: LoopNetwork;
  readonly #settings: AdamSettings;
  readonly #m: Float32Array;
  readonly #v: Float32Array;
  #updates = 0;

  constructor(network: LoopNetwork, settings: OptimizerConfiguration) {
    if (settings.algorithm !== 'adam') throw new Error(`The loops have no ${settings.algorithm}.`);
    this.#network = network;
    this.#settings = settings;
    this.#m = new Float32Array(network.parameters.length);
    this.#v = new Float32Array(network.parameters.length);
  }

  get bytes(): number {
    return this.#m.byteLength + this.#v.byteLength;
  }

  update(): void {
    this.#updates += 1;
    const { parameters, gradient } = this.#network;
    const { learningRate, beta1, beta2, epsilon } = this.#settings;
    const rate = learningRate / (1 - beta1 ** this.#updates);
    const vScale = 1 / (1 - beta2 ** this.#updates);
    for (let index = 0; index < parameters.length; index += 1) {
      const g = gradient[index]!;
      const m = beta1 * this.#m[index]! + (1 - beta1) * g;
      const v = beta2 * this.#v[index]! + (1 - beta2) * g * g;
      this.#m[index] = m;
      this.#v[index] = v;
      parameters[index]! -= (rate * m) / (Math.sqrt(v * vScale) + epsilon);
    }
  }
}

function generate(
  job: PreparedJob,
  parameters: Float32Array,
  mode: GenerationMode,
  count: number,
): Float32Array {
  const { seed } = generationRequest(mode, count);
  const values = new Float32Array(WINDOW + count);
  values.set(seed);
  const network = (steps: number): LoopNetwork =>
    new LoopNetwork(job, job.configuration, parameters, { batch: 1, steps });
  const whole = network(WINDOW);
  if (mode === 'window') {
    for (let at = WINDOW; at < values.length; at += 1) {
      values[at] = whole.forward(values.subarray(at - WINDOW, at)).at(-1)!;
    }
    return values.subarray(WINDOW);
  }
  const single = network(1);
  for (let at = 0; at < values.length - 1; at += 1) {
    const [next] = single.forward(values.subarray(at, at + 1));
    single.carryOn();
    if (at >= WINDOW - 1) values[at + 1] = next!;
  }
  return values.subarray(WINDOW);
}
