import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  ConfigurationError,
  initialState,
  loadCheckpoint,
  type ModelConfiguration,
  openReferenceEngine,
  optimizerSlots,
  requireSameModel,
  type RunConfiguration,
  saveCheckpoint,
} from '../../../gpu/index.ts';
import { refusal } from '../../support/refusal.ts';

const METADATA = '__metadata__';

type Optimizer = RunConfiguration['training']['optimizer'];

const ADAM: Optimizer = {
  algorithm: 'adam',
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
};

/** Sizes that leave gaps between the aligned views. */
function configurationOf(optimizer: Optimizer = ADAM, hiddenSize = 3): RunConfiguration {
  return {
    model: { inputSize: 1, layers: [{ cell: 'rnn', hiddenSize }], outputSize: 1 },
    training: {
      batchSize: 4,
      sequenceLength: 5,
      optimizer,
      clipNorm: null,
      initializer: 'orthogonal',
      seed: 7,
    },
  };
}

const series = {
  values: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i / 3)),
  features: 1,
  trainingStarts: Uint32Array.from({ length: 50 }, (_, i) => i),
};

async function trained(configuration: RunConfiguration, iterations = 5): Promise<Checkpoint> {
  const run = await openReferenceEngine().createRun(configuration, series, initialState(configuration));
  await run.advance(iterations);
  return {
    configuration,
    state: await run.capture(),
    normalisation: { mean: 0.1 + 0.2, deviation: 1 / 3 },
    source: 'sine-mix „ü“ 波',
  };
}

const bits = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

describe('a checkpoint', () => {
  for (const optimizer of [
    ADAM,
    { algorithm: 'momentum', learningRate: 0.01, momentum: 0.9 },
    { algorithm: 'sgd', learningRate: 0.01 },
  ] satisfies Optimizer[]) {
    it(`comes back bit for bit: ${optimizer.algorithm}`, async () => {
      const saved = await trained(configurationOf(optimizer));
      const loaded = loadCheckpoint(saveCheckpoint(saved));
      expect(loaded.configuration).toEqual(saved.configuration);
      expect(loaded.normalisation).toEqual(saved.normalisation);
      expect(loaded.source).toBe(saved.source);
      expect(loaded.state.iteration).toBe(5);
      expect(bits(loaded.state.parameters)).toEqual(bits(saved.state.parameters));
      expect(bits(loaded.state.optimizerState)).toEqual(bits(saved.state.optimizerState));
      expect([...saveCheckpoint(loaded)]).toEqual([...saveCheckpoint(saved)]);
    });
  }

  it('keeps −0, the smallest and the largest numbers', async () => {
    const saved = await trained(configurationOf());
    saved.state.parameters.set([-0, 1e-45, 3.4028234663852886e38, -1e-38]);
    const { parameters } = loadCheckpoint(saveCheckpoint(saved)).state;
    expect(bits(parameters)).toEqual(bits(saved.state.parameters));
  });

  it('lets a run go on as if it had not stopped', async () => {
    const configuration = configurationOf();
    const { state } = loadCheckpoint(saveCheckpoint(await trained(configuration)));
    const run = await openReferenceEngine().createRun(configuration, series, initialState(configuration));
    await run.advance(5);
    run.restore(await run.capture());
    const resumed = await openReferenceEngine().createRun(configuration, series, state);
    expect(await resumed.advance(10)).toEqual(await run.advance(10));
  });

  it('of older files the precision is that of their weights', async () => {
    const kernels: object = { family: 'hardware', weights: 'float16' };
    const saved = { ...(await trained(configurationOf())), configuration: { ...configurationOf(), kernels } };
    const { configuration } = loadCheckpoint(saveCheckpoint(saved));
    expect(configuration.kernels).toEqual({ family: 'hardware', precision: 'float16' });
  });

  it('is a safetensors file: length, JSON header, tensors by name, little-endian', async () => {
    const saved = await trained(configurationOf());
    const file = saveCheckpoint(saved);
    const view = new DataView(file.buffer);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    const parameters = ['rnn.l0.W', 'rnn.l0.b', 'readout.U', 'readout.d'];
    const slots = optimizerSlots(ADAM).flatMap((slot) => parameters.map((name) => `${slot}/${name}`));
    expect(Object.keys(header)).toEqual(['__metadata__', ...parameters, ...slots]);
    expect(slots).toContain('adam.m/rnn.l0.W');
    expect(header['rnn.l0.W']).toEqual({ dtype: 'F32', shape: [4, 3], data_offsets: [0, 48] });
    expect(header['rnn.l0.b'].data_offsets).toEqual([48, 60]);
    expect(view.getFloat32(8 + length, true)).toBe(saved.state.parameters[0]);
    expect(header[METADATA]).toMatchObject({
      format: 'unroll-checkpoint/1',
      iteration: '5',
      seed: '7',
      mean: '0.30000000000000004',
    });
  });

  it('may lie anywhere in a buffer', async () => {
    const file = saveCheckpoint(await trained(configurationOf()));
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(loadCheckpoint(shifted.subarray(3))).toEqual(loadCheckpoint(file));
  });
});

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> & {
  [METADATA]: Record<string, string>;
};

/** The file with its header changed, or written anew as text. */
function withHeader(file: Uint8Array, change: (header: Header) => unknown): Uint8Array {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Header;
  const changed = change(header);
  const text = new TextEncoder().encode(
    typeof changed === 'string' ? changed : JSON.stringify(changed ?? header),
  );
  const result = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(file.subarray(8 + length), 8 + text.length);
  return result;
}

function withMetadata(name: string, value: string | undefined) {
  return (file: Uint8Array) =>
    withHeader(file, (header) => {
      if (value === undefined) delete header[METADATA][name];
      else header[METADATA][name] = value;
    });
}

/** A configuration in which anything may be set to anything. */
interface LooseConfiguration {
  model: { layers: unknown; [field: string]: unknown };
  training: { optimizer: unknown; [field: string]: unknown };
}

function withConfiguration(change: (configuration: LooseConfiguration) => unknown) {
  return (file: Uint8Array) =>
    withHeader(file, (header) => {
      const configuration = JSON.parse(header[METADATA]['configuration']!) as LooseConfiguration;
      const changed = change(configuration);
      header[METADATA]['configuration'] = JSON.stringify(changed === undefined ? configuration : changed);
    });
}

function withLength(length: bigint) {
  return (file: Uint8Array) => {
    const copy = file.slice();
    new DataView(copy.buffer).setBigUint64(0, length, true);
    return copy;
  };
}

function withNumber(bytesFromEnd: number, value: number) {
  return (file: Uint8Array) => {
    const copy = file.slice();
    new DataView(copy.buffer).setFloat32(copy.length - bytesFromEnd, value, true);
    return copy;
  };
}

/** What is done to a good file, and what must be said of it. */
const damages: [what: string, damage: (file: Uint8Array) => Uint8Array, said: RegExp][] = [
  ['empty', () => new Uint8Array(), /has 0 bytes; a safetensors file has at least 10/],
  ['a few bytes', (file) => file.slice(0, 9), /has 9 bytes/],
  [
    'a picture',
    () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]),
    /checkpoint: is not a saved run.*ending in \.safetensors/,
  ],
  ['an absurd header size', withLength(2n ** 63n), /is not a saved run/],
  ['a header size of 1 GB', withLength(10n ** 9n), /is not a saved run/],
  ['a header size beyond the file', withLength(900_000n), /but the file ends after \d+: it is cut short/],
  ['a header size of 0', withLength(0n), /header: is not JSON/],
  ['a header size one short', (file) => withHeader(file, (h) => `${JSON.stringify(h)}x`), /is not JSON/],
  ['cut within the header', (file) => file.slice(0, 100), /it is cut short/],
  ['cut within the values', (file) => file.slice(0, -1), /data_offsets: ends at byte \d+.*cut short/],
  ['bytes left over', (file) => Uint8Array.of(...file, 0, 0, 0, 0), /must be none left over/],
  ['a header that is a list', (file) => withHeader(file, () => '[]'), /is not a JSON object/],
  ['a header that is null', (file) => withHeader(file, () => 'null'), /is not a JSON object/],
  [
    'metadata that are no strings',
    (file) => withHeader(file, (h) => ({ ...h, [METADATA]: { a: 1 } })),
    /__metadata__: must map names to strings/,
  ],
  ['no metadata', (file) => withHeader(file, (h) => ({ ...h, [METADATA]: undefined })), /format: is missing/],
  [
    'another format',
    withMetadata('format', 'unroll-checkpoint/2'),
    /is "unroll-checkpoint\/2"; allowed: "unroll-checkpoint\/1"/,
  ],
  ['no iteration', withMetadata('iteration', undefined), /iteration: is missing/],
  [
    'an iteration that is no number',
    withMetadata('iteration', 'many'),
    /iteration: is "many"; it must be a number/,
  ],
  ['an empty iteration', withMetadata('iteration', ''), /iteration: is ""; it must be a number/],
  ['half an iteration', withMetadata('iteration', '1.5'), /is 1.5; allowed: whole numbers from 0/],
  ['a negative iteration', withMetadata('iteration', '-1'), /is -1; allowed/],
  ['another seed', withMetadata('seed', '8'), /seed: is 8, but that of its configuration is 7/],
  ['a mean that is not finite', withMetadata('mean', 'Infinity'), /mean: is "Infinity"/],
  ['a deviation of 0', withMetadata('deviation', '0'), /deviation: is 0; allowed: numbers greater than 0/],
  ['no source', withMetadata('source', undefined), /source: is missing/],
  ['a configuration that is not JSON', withMetadata('configuration', '{'), /configuration: is not JSON/],
  ['a configuration that is a number', withConfiguration(() => 3), /configuration: must be a JSON object/],
  [
    'no model',
    withConfiguration(({ training }) => ({ training })),
    /configuration.model: must be a JSON object/,
  ],
  [
    'layers that are no list',
    withConfiguration((c) => void (c.model.layers = 3)),
    /model.layers: must be a list/,
  ],
  ['a layer that is null', withConfiguration((c) => void (c.model.layers = [null])), /layers\[0\]: must be/],
  ['no layers', withConfiguration((c) => void (c.model.layers = [])), /model.layers: there are none/],
  [
    'an unknown cell',
    withConfiguration((c) => void (c.model.layers = [{ cell: 'xyz', hiddenSize: 3 }])),
    /is "xyz"; allowed: .*rnn/,
  ],
  [
    '0 neurons',
    withConfiguration((c) => void (c.model.layers = [{ cell: 'rnn', hiddenSize: 0 }])),
    /hiddenSize: is 0/,
  ],
  [
    'an unknown optimiser',
    withConfiguration((c) => void (c.training.optimizer = { algorithm: 'x' })),
    /training.optimizer.algorithm: is "x"; allowed: sgd, momentum, nesterov/,
  ],
  [
    'an optimiser that is text',
    withConfiguration((c) => void (c.training.optimizer = 'adam')),
    /optimizer: must be/,
  ],
  [
    'an unknown initialiser',
    withConfiguration((c) => void (c.training['initializer'] = 'x')),
    /allowed: glorot, he, orthogonal/,
  ],
  [
    'a clip that is text',
    withConfiguration((c) => void (c.training['clipNorm'] = '1')),
    /clipNorm: must be a number or null/,
  ],
  [
    'a rate below 0',
    withConfiguration((c) => void (c.training.optimizer = { ...ADAM, learningRate: -1 })),
    /learningRate: is -1/,
  ],
  [
    'a larger model than its tensors',
    withConfiguration((c) => void (c.model.layers = [{ cell: 'rnn', hiddenSize: 1e4 }])),
    /rnn.l0.W.shape: is \[4, 3\]/,
  ],
  [
    'another optimiser than its tensors',
    withConfiguration((c) => void (c.training.optimizer = { algorithm: 'sgd', learningRate: 1 })),
    /adam.m\/rnn.l0.W: does not belong/,
  ],
  [
    'a tensor missing',
    (file) =>
      withHeader(file, (h) => {
        h['readout.x'] = h['readout.d']!;
        delete h['readout.d'];
      }),
    /readout.d: is missing/,
  ],
  [
    'a tensor of another dtype',
    (file) => withHeader(file, (h) => void (h['readout.d']!.dtype = 'F16')),
    /readout.d.dtype: is "F16"; only "F32"/,
  ],
  [
    'a tensor that is null',
    (file) => withHeader(file, (h) => ({ ...h, 'readout.d': null })),
    /readout.d.dtype/,
  ],
  [
    'a shape with a negative size',
    (file) => withHeader(file, (h) => void (h['readout.d']!.shape = [-1])),
    /shape: must be a list of whole numbers/,
  ],
  [
    'a shape that is not that of its bytes',
    (file) => withHeader(file, (h) => void (h['rnn.l0.W']!.shape = [4, 4])),
    /must be two byte positions 64 apart/,
  ],
  [
    'a transposed shape',
    (file) => withHeader(file, (h) => void (h['rnn.l0.W']!.shape = [3, 4])),
    /rnn.l0.W.shape: is \[3, 4\]; .* needs \[4, 3\]/,
  ],
  [
    'offsets that overlap',
    (file) => withHeader(file, (h) => void (h['rnn.l0.b']!.data_offsets = [44, 56])),
    /overlaps the tensor before; it must begin at 48/,
  ],
  [
    'offsets with a gap',
    (file) => withHeader(file, (h) => void (h['rnn.l0.b']!.data_offsets = [52, 64])),
    /leaves a gap after the tensor before/,
  ],
  [
    'offsets beyond the file',
    (file) => withHeader(file, (h) => void (h['adam.v/readout.d']!.data_offsets = [1e6, 1e6 + 4])),
    /cut short/,
  ],
  [
    'one offset',
    (file) => withHeader(file, (h) => void (h['readout.d']!.data_offsets = [0] as never)),
    /must be two byte positions/,
  ],
  [
    'a weight that is not a number',
    withNumber(4, NaN),
    /adam.v\/readout.d\[0\]: is NaN; every value must be a finite number/,
  ],
  ['an infinite weight', withNumber(4, -Infinity), /is -Infinity/],
];

/** Optional fields of a configuration, and what a hostile file may put there instead. */
const HOSTILE: [field: string, values: readonly unknown[]][] = [
  ['model.input', [null, 3, 'one-hot', [], {}, { kind: null }, { kind: 'embedding' }]],
  ['model.input.size', [0, 1.5, null, '2', [2]]],
  ['model.dropout', [null, 0.5, 'all', []]],
  ...['input', 'between', 'output', 'recurrent'].map((name): [string, readonly unknown[]] => [
    `model.dropout.${name}`,
    [1, -1, null, '0.5', [0.5], {}, true],
  ]),
  ['model.dropout.perSequence', [1, 'yes', null, []]],
  ['model.layers', [null, {}, 'x', [3], [[]]]],
  ['model.layers.0.cell', [null, 3, 'constructor', '__proto__', ['rnn']]],
  ['model.layers.0.hiddenSize', ['3', null, [3]]],
  ['model.layers.0.activation', [null, 1, 'toString']],
  ...['peepholes', 'bidirectional', 'residual'].map((name): [string, readonly unknown[]] => [
    `model.layers.0.${name}`,
    [1, 'true', null, {}],
  ]),
  ...['readout', 'projection', 'head', 'attention', 'inputAt', 'feeding'].map(
    (name): [string, readonly unknown[]] => [
      `model.${name}`,
      [null, 3, 'xyz', {}, ['every-step'], '__proto__'],
    ],
  ),
  ['model.encoder', [null, 3, {}, [], { inputSize: 1, layers: [] }]],
  ['model.vectorSize', [0, null, '2', [2]]],
  ['training.sourceLength', [0, null, '2', {}]],
  ['training.schedule', [null, 3, {}, [], { kind: 'step', every: '3', factor: 0.5 }]],
  ['training.schedule.kind', [null, 'xyz', '__proto__']],
  ['training.clipValue', [0, null, '1', []]],
  ['training.spectralRadius', [0, null, '1', {}]],
  ['training.costSteps', [null, 3, {}, [], { from: '0', to: 2 }, { from: 0, to: 1e9 }]],
  ['training.keepEvery', [0, 1, 9, null, '2', [2]]],
  ['training.optimizer.weightDecay', [-1, null, '0.1', [0.1], true, {}]],
  ['training.optimizer.beta1', [1, null, '0.9', [0.9], true]],
  ['training.optimizer.epsilon', [0, null, '1', true]],
];

/** Sets what a path such as `model.layers.0.cell` names; objects on the way are made. */
function put(target: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[name!] = value;
  else put((target[name!] ??= {}) as Record<string, unknown>, rest, value);
}

describe('a configuration with a field of another kind', () => {
  it.each(HOSTILE)('%s', async (field, values) => {
    const file = saveCheckpoint(await trained(configurationOf(), 1));
    for (const value of values) {
      const hostile = withConfiguration((configuration) => {
        if (field === 'model.input.size') configuration.model['input'] = { kind: 'embedding' };
        put(configuration as unknown as Record<string, unknown>, field.split('.'), value);
      });
      const error = refusal(() => loadCheckpoint(hostile(file)));
      // Such as `checkpoint.configuration.model.layers[0]…`, or the model's own name of it.
      const named = field.replace('.0', '[0]').split('.').slice(0, 2).join('.').replace('[0]', '');
      expect(error.field, `${field} of ${JSON.stringify(value)}`).toContain(named);
    }
  });
});

describe('a damaged checkpoint', () => {
  for (const [what, damage, said] of damages) {
    it(`is refused, with words: ${what}`, async () => {
      const file = saveCheckpoint(await trained(configurationOf(), 1));
      let refused: unknown;
      try {
        loadCheckpoint(damage(file));
      } catch (error) {
        refused = error;
      }
      expect(refused).toBeInstanceOf(ConfigurationError);
      expect((refused as ConfigurationError).message).toMatch(said);
    });
  }

  it('is refused wherever it is cut', async () => {
    const file = saveCheckpoint(await trained(configurationOf(), 1));
    for (let length = 0; length < file.length; length += 7) {
      expect(() => loadCheckpoint(file.slice(0, length)), `${length} bytes`).toThrow(ConfigurationError);
    }
  });
});

describe('states carried from window to window', () => {
  const small = configurationOf();
  const layers = [
    { cell: 'lstm', hiddenSize: 3 },
    { cell: 'gru', hiddenSize: 2 },
  ];
  const configuration = { ...small, model: { ...small.model, layers } };
  // [2, 4, 3] and [1, 4, 2]
  const carriedStates = Float32Array.from({ length: 32 }, (_, index) => index / 7);
  const file = (): Uint8Array =>
    saveCheckpoint({
      configuration,
      state: { ...initialState(configuration), carriedStates },
      normalisation: { mean: 0, deviation: 1 },
      source: 'streams',
    });

  it('come back bit for bit, and only where they were saved', () => {
    expect(bits(loadCheckpoint(file()).state.carriedStates!)).toEqual(bits(carriedStates));
    const without = { ...loadCheckpoint(file()), state: initialState(configuration) };
    expect(loadCheckpoint(saveCheckpoint(without)).state.carriedStates).toBeUndefined();
  });

  it.each<[string, (header: Header) => unknown, RegExp]>([
    [
      'those of a layer missing',
      (h) => {
        h['carried/x'] = h['carried/gru.l1']!;
        delete h['carried/gru.l1'];
      },
      /carried\/gru.l1: is missing/,
    ],
    [
      'those of another batch',
      (h) => void (h['carried/lstm.l0']!.shape = [2, 3, 4]),
      /carried\/lstm.l0.shape: is \[2, 3, 4\]; .* needs \[2, 4, 3\]/,
    ],
  ])('are refused: %s', (_, damage, said) => {
    expect(refusal(() => loadCheckpoint(withHeader(file(), damage))).message).toMatch(said);
  });
});

describe('requireSameModel', () => {
  it('says what the file holds and what the experiment is', () => {
    expect(() => requireSameModel(configurationOf(ADAM, 4), configurationOf(ADAM, 3))).toThrow(
      /is 1 in, rnn with 4 neurons, 1 out; this experiment's is 1 in, rnn with 3 neurons, 1 out/,
    );
    const sgd = configurationOf({ algorithm: 'sgd', learningRate: 1 });
    expect(() => requireSameModel(sgd, configurationOf())).toThrow(/is sgd; this experiment's is adam/);
    expect(() => requireSameModel(configurationOf(), configurationOf())).not.toThrow();
  });

  const { model, training } = configurationOf();
  const lstm = { cell: 'lstm', hiddenSize: 3 };
  const encoder = { inputSize: 2, layers: [lstm] };
  it.each<[string, Partial<ModelConfiguration>, Partial<ModelConfiguration>]>([
    ['layers[0].activation', {}, { layers: [{ cell: 'rnn', hiddenSize: 3, activation: 'relu' }] }],
    ['layers[0].peepholes', { layers: [lstm] }, { layers: [{ ...lstm, peepholes: true }] }],
    ['layers[0].bidirectional', { layers: [lstm] }, { layers: [{ ...lstm, bidirectional: true }] }],
    ['layers[0].residual', { layers: [lstm] }, { layers: [{ ...lstm, residual: true }] }],
    ['input', {}, { input: { kind: 'one-hot' } }],
    ['input.size', { input: { kind: 'embedding', size: 2 } }, { input: { kind: 'embedding', size: 3 } }],
    ['dropout.input', { dropout: { input: 0.1 } }, { dropout: { input: 0.2 } }],
    ['readout', {}, { readout: 'last-step' }],
    ['projection', { projection: 'stacked' }, { projection: 'per-step' }],
    ['head', { head: 'linear' }, { head: 'softmax' }],
    ['encoder', {}, { encoder }],
    ['encoder.inputSize', { encoder }, { encoder: { ...encoder, inputSize: 3 } }],
    ['attention', { encoder, attention: 'dot' }, { encoder, attention: 'additive' }],
    ['vectorSize', {}, { vectorSize: 2 }],
    ['inputAt', {}, { inputAt: 'first-step' }],
    ['feeding', {}, { feeding: 'own' }],
  ])('names the field that differs: %s', (field, one, other) => {
    const [saved, used] = [one, other].map((part) => ({ model: { ...model, ...part }, training }));
    for (const [a, b] of [
      [saved, used],
      [used, saved],
    ]) {
      const error = refusal(() => requireSameModel(a!, b!));
      expect(error.field).toBe(`checkpoint.configuration.model.${field}`);
      expect(error.message).toMatch(/is .+; this experiment's is .+\. Set the experiment to the file's/);
    }
  });
});
