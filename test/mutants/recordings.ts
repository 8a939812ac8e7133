/** Mutants of what layers and models record: a field of a uniform wrong, a buffer another, a dispatch left out. */
import type { Recording } from '../../gpu/kernels/plan.ts';
import { touching } from '../../gpu/kernels/work.ts';
import type { RecordingMutant } from '../support/mutation.ts';

type Uniform = Recording['uniform'];

/** Which dispatches a mutant is of. Names are of kernels and buffers, without what a variant or an owner adds. */
export interface Which {
  /** Such as `forward_step`, of any cell and variant. */
  readonly kernel: string;
  /** The binding and what is bound there, such as `{ out: 'gradients' }`. */
  readonly buffers?: Readonly<Record<string, string>>;
  readonly where?: (uniform: Uniform) => boolean;
}

function isOne({ kernel, buffers = {}, where = () => true }: Which, recording: Recording): boolean {
  const { name } = recording.kernel;
  if (name !== kernel && !name.startsWith(`${kernel}.`)) return false;
  const bound = Object.entries(buffers).every(
    ([binding, label]) => recording.buffers[binding]?.label === `test.${label}`,
  );
  return bound && where(recording.uniform);
}

const NOTHING: Recording = {
  kernel: {
    name: 'nothing',
    files: [{ name: 'nothing', text: '@compute @workgroup_size(1)\nfn nothing() {}' }],
    constants: {},
  },
  buffers: {},
  uniform: {},
  workgroups: [1, 1],
  work: touching(0),
};

/** The dispatch is another, which does nothing. */
export function leftOut(which: Which): RecordingMutant {
  return (recording) => (isOne(which, recording) ? NOTHING : recording);
}

/** Fields of the uniform are others; a dispatch of which none is another is not mutated. */
export function fields(which: Which, change: (uniform: Uniform) => Uniform): RecordingMutant {
  return (recording) => {
    if (!isOne(which, recording)) return recording;
    const changed = change(recording.uniform);
    const isSame = Object.entries(changed).every(([name, value]) => recording.uniform[name] === value);
    return isSame ? recording : { ...recording, uniform: { ...recording.uniform, ...changed } };
  };
}

/** One field is a number, whatever it is. */
export function field(which: Which, name: string, value: number): RecordingMutant {
  return fields(which, () => ({ [name]: value }));
}

/** One field is larger by a number of words, rows or steps. */
export function shifted(which: Which, name: string, by: number): RecordingMutant {
  return fields(which, (uniform) => ({ [name]: uniform[name]! + by }));
}
