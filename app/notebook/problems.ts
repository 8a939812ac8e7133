/** From what a schema refuses to a sentence that says which field, what stands there and what is allowed. */
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { fenceSchemas, type FenceKind } from './schema.ts';

export interface FieldProblem {
  /** From the fence's top, such as `['train', 'rate']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The parts of JSON Schema in which zod states what a field allows. */
interface Allowed {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly Allowed[];
  readonly items?: Allowed;
  readonly properties?: Readonly<Record<string, Allowed>>;
}

/** Checks a fence's value against its kind's schema. */
export function checkFence<Kind extends FenceKind>(
  kind: Kind,
  value: unknown,
): { fence: z.infer<(typeof fenceSchemas)[Kind]> } | { problems: readonly FieldProblem[] } {
  const result = fenceSchemas[kind].safeParse(value, { reportInput: true });
  if (result.success) return { fence: result.data as z.infer<(typeof fenceSchemas)[Kind]> };
  const root = z.toJSONSchema(fenceSchemas[kind], { io: 'input' }) as Allowed;
  return { problems: result.error.issues.flatMap((issue) => describeIssue(issue, root)) };
}

function describeIssue(issue: z.core.$ZodIssue, root: Allowed): FieldProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const allowed = path.reduce<Allowed | undefined>(
    (schema, part) => (typeof part === 'number' ? schema?.items : schema?.properties?.[part]),
    root,
  );
  if (issue.code === 'unrecognized_keys') {
    const fields = Object.keys(allowed?.properties ?? {});
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(key, fields) }));
  }
  const expected = allowed ? allowedText(allowed) : 'another value';
  if (issue.input === undefined) return [{ path, message: `is missing. It must be ${expected}.` }];
  return [
    { path, message: `is ${valueText(issue.input)}. It must be ${expected}.${guess(issue.input, allowed)}` },
  ];
}

function unknownField(key: string, fields: readonly string[]): string {
  const meant = nearest(key, fields);
  const advice = meant ? ` Did you mean \`${meant}\`?` : '';
  return `is not a field here.${advice} Allowed are ${listText(
    fields.map((field) => `\`${field}\``),
    'and',
  )}.`;
}

function guess(input: unknown, allowed: Allowed | undefined): string {
  const values = allowed?.enum?.filter((value) => typeof value === 'string') ?? [];
  const meant = typeof input === 'string' ? nearest(input, values) : undefined;
  return meant ? ` Did you mean \`${meant}\`?` : '';
}

/** Such as `a whole number from 1 to 1,024`. */
function allowedText(allowed: Allowed): string {
  if (allowed.description) return allowed.description;
  if (allowed.anyOf) return allowed.anyOf.map(allowedText).join(' or ');
  if (allowed.const !== undefined) return valueText(allowed.const);
  if (allowed.enum) return listText(allowed.enum.map(valueText), 'or');
  switch (allowed.type) {
    case 'integer':
      return `a whole number${rangeText(allowed)}`;
    case 'number':
      return `a number${rangeText(allowed)}`;
    case 'string':
      return allowed.maxLength ? `a text of 1 to ${allowed.maxLength} letters` : 'a text';
    case 'null':
      return '`null`';
    case 'array':
      return `a list, such as [a, b], of ${allowed.items ? allowedText(allowed.items) : 'values'}`;
    default:
      return `a group of fields: ${Object.keys(allowed.properties ?? {}).join(', ')}`;
  }
}

function rangeText({ minimum, exclusiveMinimum, maximum }: Allowed): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${number(minimum)} to ${number(maximum)}`;
  const above = exclusiveMinimum === undefined ? '' : ` greater than ${number(exclusiveMinimum)}`;
  const below = maximum === undefined ? '' : ` and at most ${number(maximum)}`;
  return above + below;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return `\`${value.length > 40 ? `${value.slice(0, 40)}…` : value}\``;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of fields';
  return `\`${String(value)}\``;
}

function listText(items: readonly string[], joint: 'and' | 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1)}`;
}
