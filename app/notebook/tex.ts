/** How TeX is set: the commands that colour a quantity, and what an author may not do. */
import type { KatexOptions } from 'katex';

/** The quantities that have a colour, by the command that an equation uses: `\h{h(t)}`. */
export const quantities = { x: 'input', h: 'state', y: 'output', g: 'gradient', z: 'target' } as const;

const classes: ReadonlySet<string> = new Set(Object.values(quantities).map((name) => `q-${name}`));

/** New for each formula, since a `\gdef` would change the commands of the next. */
export function texOptions(display: boolean): KatexOptions {
  const commands = Object.entries(quantities);
  return {
    displayMode: display,
    macros: Object.fromEntries(
      commands.map(([command, name]) => [`\\${command}`, `\\htmlClass{q-${name}}{#1}`]),
    ),
    // Links, pictures, styles and other classes are refused.
    trust: (context) => context.command === '\\htmlClass' && classes.has(context.class),
    strict: 'ignore',
    maxExpand: 500,
    maxSize: 20,
  };
}
