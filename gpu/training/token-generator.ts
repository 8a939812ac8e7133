/**
 * Continues tokens on the GPU: per token one time step of the network and one choice, which the next step reads. N steps
 * are one recorded plan and one submission, whatever the temperature, the seed or the source.
 */
import { allocate, type BufferSizes, destroyAll, ownedBy } from '../device/buffers.ts';
import type { Readback } from '../device/readback.ts';
import type { PipelineCache } from '../kernels/pipeline.ts';
import { type Plan, type Recording, recordPlan } from '../kernels/plan.ts';
import type { LayerContext } from '../layers/context.ts';
import {
  beamSequences,
  beamSizes,
  NO_END,
  recordBeamStep,
  recordReorder,
  recordSample,
  SAMPLE_SETTINGS_LENGTH,
  sampleSettings,
} from '../layers/sampling.ts';
import type { BeamRequest, BeamSequence, TokenRequest, TokenSeed } from '../model/engine.ts';
import {
  directionsOf,
  forwardSizes,
  isForced,
  type Network,
  type NetworkUse,
  useOf,
} from '../model/network.ts';
import { recordBeginning, spanForward } from '../model/network-forward.ts';
import type { NamedBuffers } from '../model/stack.ts';
import { prepareInputs, type Span, stackSteps } from '../model/stack-forward.ts';
import { repeated } from './fields.ts';

/** What a recorded generator is for. */
export interface TokenShape {
  readonly seedLength: number;
  readonly steps: number;
  /** Rows: draws, or beams. */
  readonly rows: number;
  readonly choice: 'greedy' | 'sample' | 'beam';
  readonly sourceSteps: number;
  readonly forced: boolean;
}

/** The request is valid: see `validateTokenSeed`. @param sourceWidth numbers of a source's time step. */
export function tokenShape(
  { seed, steps, source }: TokenSeed,
  choice: TokenShape['choice'],
  rows: number,
  sourceWidth: number,
  forced: boolean,
): TokenShape {
  const sourceSteps = (source?.length ?? 0) / sourceWidth;
  return { seedLength: seed.length, steps, rows, choice, sourceSteps, forced };
}

export class TokenGenerator {
  readonly #device: GPUDevice;
  readonly #network: Network;
  readonly #buffers: NamedBuffers;
  readonly #plan: Plan;
  readonly #shape: TokenShape;

  private constructor(
    device: GPUDevice,
    network: Network,
    buffers: NamedBuffers,
    plan: Plan,
    shape: TokenShape,
  ) {
    this.#device = device;
    this.#network = network;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#shape = shape;
  }

  /** @param shared values at which gates and states are held, where any are. @throws OutOfMemoryError */
  static async create(
    device: GPUDevice,
    pipelines: PipelineCache,
    context: LayerContext,
    network: Network,
    shape: TokenShape,
    shared: NamedBuffers,
  ): Promise<TokenGenerator> {
    const use = tokenUse(network, shape, isForced(network, shared));
    const sizes = tokenSizes(network, use, shape);
    const buffers = await allocate(device, 'tokens', sizes, 'Fewer draws or steps take less.');
    const all = { ...shared, ...buffers };
    const plan = await ownedBy(buffers, () =>
      recordPlan(device, pipelines, 'tokens', recordTokens(context, network, use, all, shape)),
    );
    return new TokenGenerator(device, network, buffers, plan, shape);
  }

  /** Resolves with `[draws, steps]`. Submitted before it returns its promise. @throws DeviceLostError */
  async draw(readback: Readback, request: TokenRequest): Promise<Uint32Array> {
    const { steps, rows } = this.#shape;
    const [bytes] = await this.#run(readback, request, request, ['tokens']);
    const tokens = new Uint32Array(bytes!);
    return Uint32Array.from({ length: rows * steps }, (_, index) => {
      const [row, step] = [Math.floor(index / steps), index % steps];
      return tokens[step * rows + row]!;
    });
  }

  /** The best beams, best first. @throws DeviceLostError */
  async search(readback: Readback, request: BeamRequest): Promise<BeamSequence[]> {
    const unused = { temperature: 1, topK: 0, randomSeed: 0 };
    const names = ['beam.parents', 'beam.tokens', 'beam.scores'];
    const [parents, tokens, scores] = await this.#run(readback, request, unused, names);
    const { steps, rows } = this.#shape;
    return beamSequences(
      new Uint32Array(parents!, 0, steps * rows),
      new Uint32Array(tokens!, 0, steps * rows),
      new Float32Array(scores!, 0, rows),
    );
  }

  destroy(): void {
    this.#plan.destroy();
    destroyAll(this.#buffers);
  }

  async #run(
    readback: Readback,
    { seed, endToken, source, vector }: TokenSeed,
    { temperature, topK, randomSeed }: Pick<TokenRequest, 'temperature' | 'topK' | 'randomSeed'>,
    names: readonly string[],
  ): Promise<ArrayBuffer[]> {
    const { rows } = this.#shape;
    const write = (name: string, values: Float32Array | Uint32Array): void =>
      this.#device.queue.writeBuffer(this.#buffers[name]!, 0, values as BufferSource);
    write('inputs', repeated(seed, 1, rows));
    if (vector) write('vectors', repeated(vector, vector.length, rows));
    if (source) write('encoder.inputs', repeated(source, source.length / this.#shape.sourceSteps, rows));
    write('choice', sampleSettings({ temperature, topK, seed: randomSeed, endToken: endToken ?? NO_END }));
    const encoder = this.#device.createCommandEncoder({ label: 'tokens' });
    for (const { key } of directionsOf(this.#network.main)) {
      encoder.clearBuffer(this.#buffers[`${key}.states`]!);
    }
    const pass = encoder.beginComputePass({ label: 'tokens' });
    this.#plan.encode(pass);
    pass.end();
    const taken = readback.copy(
      encoder,
      names.map((name) => ({ buffer: this.#buffers[name]! })),
    );
    this.#device.queue.submit([encoder.finish()]);
    return taken();
  }
}

/** Tokens lie at their own time step; all else is held one step at a time, in two slots of states that take turns. */
function tokenUse(network: Network, shape: TokenShape, forced: boolean): NetworkUse {
  const { rows: batch, seedLength, steps, sourceSteps } = shape;
  return useOf(network, {
    batch,
    steps: seedLength + steps,
    held: 1,
    slots: 2,
    sourceSteps,
    forced,
    saves: false,
  });
}

function tokenSizes(network: Network, use: NetworkUse, { rows, steps, choice }: TokenShape): BufferSizes {
  return {
    ...forwardSizes(network, use),
    choice: SAMPLE_SETTINGS_LENGTH,
    ...(choice === 'beam' ? beamSizes(rows, steps) : { tokens: steps * rows }),
  };
}

function recordTokens(
  context: LayerContext,
  network: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  { seedLength, steps, choice }: TokenShape,
): Recording[] {
  const { main } = network;
  const reading = Array.from({ length: seedLength - 1 }, (_, time) => {
    const span = { time, index: 0, steps: 1, slot: time % 2 };
    return [
      ...prepareInputs(context, main, use, buffers, span),
      ...stackSteps(context, main, use, buffers, span),
    ];
  });
  // What a beam search reorders goes back to the slot that it came from.
  const turn = (step: number): number => (choice === 'beam' ? 0 : step) + seedLength - 1;
  const speaking = Array.from({ length: steps }, (_, step) => {
    const span = { time: seedLength - 1 + step, index: 0, steps: 1, slot: turn(step) % 2 };
    return [
      ...spanForward(context, network, use, buffers, span),
      ...recordChoice(context, network, use, buffers, choice, span, step),
    ];
  });
  return [...recordBeginning(context, network, use, buffers), ...reading.flat(), ...speaking.flat()];
}

function recordChoice(
  { family }: LayerContext,
  { main, model }: Network,
  use: NetworkUse,
  buffers: NamedBuffers,
  choice: TokenShape['choice'],
  span: Span & { readonly slot: number },
  step: number,
): Recording[] {
  const said = {
    logits: { buffer: buffers['outputs']!, at: 0 },
    vocabulary: model.outputSize,
    settings: buffers['choice']!,
    step,
    next: { buffer: buffers['inputs']!, at: (span.time + 1) * use.batch },
  };
  if (choice !== 'beam') {
    return [recordSample(family, { ...said, batch: use.batch, mode: choice, tokens: buffers['tokens']! })];
  }
  return [
    ...recordBeamStep(family, buffers, { ...said, beams: use.batch }),
    ...directionsOf(main).map(({ key, cell, hiddenSize }) => {
      const plane = use.batch * hiddenSize;
      return recordReorder(family, buffers, {
        beams: use.batch,
        step,
        states: buffers[`${key}.states`]!,
        stateCount: cell.states.length,
        stateStride: use.slots * plane,
        hiddenSize,
        from: ((span.slot + 1) % 2) * plane,
        to: span.slot * plane,
      });
    }),
  ];
}
