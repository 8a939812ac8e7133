/** Joins shader files into one module, and reads from its text what a pipeline must know. */
import { type SourceLine, unroll } from './unroll.ts';

export interface SourceFile {
  /** As shown in error messages. */
  readonly name: string;
  readonly text: string;
  /** What stands in its place where the device has subgroups. */
  readonly withSubgroups?: SourceFile;
  /** The same where it has f16. */
  readonly withF16?: SourceFile;
}

/** Which extensions of WGSL a device has. */
export interface Extensions {
  readonly subgroups?: boolean;
  readonly f16?: boolean;
}

export interface Binding {
  readonly index: number;
  readonly name: string;
  readonly access: 'uniform' | 'read' | 'read_write';
}

export interface UniformField {
  readonly name: string;
  readonly type: 'u32' | 'f32';
}

export interface AssembledSource {
  readonly code: string;
  /** Where each line of `code` was written. */
  readonly lines: readonly SourceLine[];
  readonly entryPoint: string;
  /** In group 0, by index. */
  readonly bindings: readonly Binding[];
  /** Fields of the uniform's struct, in order; empty where there is no uniform. */
  readonly uniform: readonly UniformField[];
}

/**
 * Joins the files under a prelude of extensions and constants and unrolls what is marked.
 * @throws Error where there is not exactly one entry point, or a marked loop cannot be unrolled.
 */
export function assemble(
  files: readonly SourceFile[],
  constants: Readonly<Record<string, number>>,
  { subgroups = false, f16 = false }: Extensions = {},
): AssembledSource {
  const chosen = files.map(
    (file) => (subgroups ? file.withSubgroups : undefined) ?? (f16 ? file.withF16 : undefined) ?? file,
  );
  const prelude = [
    ...(subgroups && files.some((file) => file.withSubgroups) ? ['enable subgroups;'] : []),
    ...(f16 && files.some((file) => file.withF16) ? ['enable f16;'] : []),
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`),
  ];
  const written = [{ name: 'constants', text: prelude.join('\n') }, ...chosen].flatMap(({ name, text }) =>
    text.split('\n').map((line, index) => ({ text: line, file: name, line: index + 1 })),
  );
  const lines = unroll(written, integerConstants(written));
  const code = lines.map(({ text }) => text).join('\n');
  const entryPoints = [...code.matchAll(/@compute[^{]*?\bfn (\w+)/g)];
  if (entryPoints.length !== 1) {
    const names = files.map(({ name }) => name).join(', ');
    throw new Error(`${names}: ${entryPoints.length} entry points; a kernel has one.`);
  }
  const bindings = readBindings(code);
  return { code, lines, entryPoint: entryPoints[0]![1]!, bindings, uniform: readUniform(code) };
}

/** The module-scope constants that are plain integers, such as `const GATES = 3u;`. */
function integerConstants(lines: readonly SourceLine[]): Map<string, number> {
  const constants = new Map<string, number>();
  for (const { text } of lines) {
    const match = /^const (\w+)(?:: u32)? = (\d+)u?;/.exec(text);
    if (match) constants.set(match[1]!, Number(match[2]));
  }
  return constants;
}

function readBindings(code: string): Binding[] {
  const pattern = /@group\(0\) @binding\((\d+)\) var<(uniform|storage, read|storage, read_write)> (\w+):/g;
  return [...code.matchAll(pattern)]
    .map(([, index, space, name]) => ({
      index: Number(index),
      name: name!,
      access: space!.replace('storage, ', '') as Binding['access'],
    }))
    .toSorted((a, b) => a.index - b.index);
}

function readUniform(code: string): UniformField[] {
  const type = /var<uniform> \w+: (\w+);/.exec(code)?.[1];
  if (!type) return [];
  const body = new RegExp(`struct ${type} \\{([^}]*)\\}`).exec(code)?.[1] ?? '';
  return [...body.matchAll(/^\s*(\w+): (u32|f32),/gm)].map(([, name, kind]) => ({
    name: name!,
    type: kind as UniformField['type'],
  }));
}
