import { describe, expect, test } from 'vitest';
import { assemble } from '../../../gpu/kernels/source.ts';
import { type SourceLine, unroll } from '../../../gpu/kernels/unroll.ts';

function lines(text: string): SourceLine[] {
  return text.split('\n').map((line, index) => ({ text: line, file: 'a.wgsl', line: index + 1 }));
}

function unrolled(text: string, constants: Record<string, number> = {}): string {
  const result = unroll(lines(text), new Map(Object.entries(constants)));
  return result.map((line) => line.text.trim()).join(' ');
}

describe('unroll', () => {
  test('copies the body with the variable replaced', () => {
    const text = '// @unroll\nfor (var r = 1u; r < ROWS; r++) {\nx[r] = row + r;\n}';
    expect(unrolled(text, { ROWS: 3 })).toBe('{ x[1u] = row + 1u; } { x[2u] = row + 2u; }');
  });

  test('unrolls loops inside loops, and leaves unmarked ones alone', () => {
    const text =
      '// @unroll\nfor (var a = 0u; a < 2u; a++) {\n// @unroll\nfor (var b = 0u; b < 2u; b++) {\nf(a, b);\n}\nfor (var c = 0u; c < 2u; c++) {\ng(a, c);\n}\n}';
    expect(unrolled(text)).toBe(
      '{ { f(0u, 0u); } { f(0u, 1u); } for (var c = 0u; c < 2u; c++) { g(0u, c); } } ' +
        '{ { f(1u, 0u); } { f(1u, 1u); } for (var c = 0u; c < 2u; c++) { g(1u, c); } }',
    );
  });

  test('a loop of no turns vanishes', () => {
    expect(unrolled('// @unroll\nfor (var v = 0u; v < VECTORS; v++) {\nf(v);\n}\nend', { VECTORS: 0 })).toBe(
      'end',
    );
  });

  test('keeps where each line was written', () => {
    const result = unroll(lines('// @unroll\nfor (var r = 0u; r < 2u; r++) {\nf(r);\n}\nend'), new Map());
    expect(result.filter(({ text }) => text.startsWith('f')).map(({ line }) => line)).toEqual([3, 3]);
    expect(result.at(-1)).toEqual({ text: 'end', file: 'a.wgsl', line: 5 });
  });

  test.each([
    ['no loop follows', '// @unroll\nlet x = 1u;', /a\.wgsl:1: no plain for loop/],
    [
      'an unknown bound',
      '// @unroll\nfor (var r = 0u; r < N; r++) {\n}',
      /a\.wgsl:2: N is not a known constant/,
    ],
    [
      'a loop never closed',
      '// @unroll\nfor (var r = 0u; r < 2u; r++) {',
      /a\.wgsl:2: this loop is never closed/,
    ],
  ])('says where: %s', (_, text, message) => {
    expect(() => unrolled(text)).toThrow(message);
  });
});

describe('assemble', () => {
  const text = [
    'struct Shape {',
    '  rows: u32, // M',
    '  scale: f32,',
    '}',
    '@group(0) @binding(0) var<uniform> shape: Shape;',
    '@group(0) @binding(2) var<storage, read_write> out: array<f32>;',
    '@group(0) @binding(1) var<storage, read> a: array<f32>;',
    '@compute @workgroup_size(LANES)',
    'fn main_entry() {}',
  ].join('\n');

  test('reads bindings, uniform and entry point from the text', () => {
    const source = assemble([{ name: 'k.wgsl', text }], { LANES: 4 });
    expect(source.entryPoint).toBe('main_entry');
    expect(source.bindings.map(({ name, access }) => [name, access])).toEqual([
      ['shape', 'uniform'],
      ['a', 'read'],
      ['out', 'read_write'],
    ]);
    expect(source.uniform).toEqual([
      { name: 'rows', type: 'u32' },
      { name: 'scale', type: 'f32' },
    ]);
    expect(source.code.split('\n')[0]).toBe('const LANES = 4u;');
  });

  test('a file gives way to another where there are subgroups, which are enabled first', () => {
    const files = [
      { name: 'alone.wgsl', text: '// alone', withSubgroups: { name: 'together.wgsl', text: '// together' } },
      { name: 'k.wgsl', text },
    ];
    const without = assemble(files, { LANES: 4 });
    expect(without.code).toContain('// alone');
    expect(without.code).not.toMatch(/subgroups|together/);
    const withThem = assemble(files, { LANES: 4 }, { subgroups: true });
    expect(withThem.code).toMatch(/^enable subgroups;\nconst LANES = 4u;\n\/\/ together/);
    expect(withThem.lines[2]).toMatchObject({ file: 'together.wgsl', line: 1 });
    expect(assemble([{ name: 'k.wgsl', text }], { LANES: 4 }, { subgroups: true }).code).not.toContain(
      'enable',
    );
  });

  test('and to another where there is f16', () => {
    const half = { name: 'f32.wgsl', text: '// f32', withF16: { name: 'f16.wgsl', text: '// f16' } };
    const files = [half, { name: 'k.wgsl', text }];
    expect(assemble(files, { LANES: 4 }, { f16: true }).code).toMatch(
      /^enable f16;\nconst LANES = 4u;\n\/\/ f16/,
    );
    expect(assemble(files, { LANES: 4 }, { subgroups: true }).code).toMatch(/^const LANES = 4u;\n\/\/ f32/);
  });

  test('a kernel has one entry point', () => {
    expect(() => assemble([{ name: 'k.wgsl', text: 'fn f() {}' }], {})).toThrow('k.wgsl: 0 entry points');
  });
});
