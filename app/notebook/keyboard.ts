/** Which key does what, as pure rules; Notebook.tsx listens. */

export type KeyAction = 'next' | 'previous' | 'run-and-next' | 'toggle' | 'step' | 'reset' | 'help';

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
  /** Single letters and signs can be switched off. */
  readonly letter: boolean;
}

/** The list of keys, as the reader sees it. */
export const keyRows: readonly KeyRow[] = [
  { keys: ['J'], does: 'Next cell', letter: true },
  { keys: ['K'], does: 'Previous cell', letter: true },
  { keys: ['Shift', 'Enter'], does: 'Run this cell and go to the next', letter: false },
  { keys: ['Space'], does: 'Play or pause', letter: false },
  { keys: ['S'], does: 'One iteration', letter: true },
  { keys: ['R'], does: 'Reset', letter: true },
  { keys: ['?'], does: 'This list', letter: true },
];

const letterActions: Readonly<Record<string, KeyAction>> = {
  j: 'next',
  k: 'previous',
  s: 'step',
  r: 'reset',
  '?': 'help',
};

/** The parts of a keyboard event that decide. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly defaultPrevented: boolean;
}

/** What a key press means where the focus is on no field or control; undefined for a key that is the browser's. */
export function keyAction(press: KeyPress, letterKeys: boolean): KeyAction | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey || press.isComposing || press.defaultPrevented)
    return undefined;
  const action = actionOf(press, letterKeys);
  // A key held down steps on through the cells, but starts, stops and resets nothing again and again.
  const repeats = action === 'next' || action === 'previous' || action === 'step';
  return press.repeat && !repeats ? undefined : action;
}

function actionOf({ key, shiftKey }: KeyPress, letterKeys: boolean): KeyAction | undefined {
  if (key === 'Enter') return shiftKey ? 'run-and-next' : undefined;
  if (key === ' ') return shiftKey ? undefined : 'toggle';
  if (!letterKeys || (shiftKey && key !== '?')) return undefined;
  return letterActions[key.toLowerCase()];
}

const CONTROLS = [
  'a[href], button, input, select, textarea, summary, audio, video, iframe, dialog',
  '[contenteditable]:not([contenteditable="false"])',
  '[tabindex]:not([tabindex^="-"])',
  ...[
    'button',
    'slider',
    'textbox',
    'combobox',
    'listbox',
    'spinbutton',
    'menu',
    'tab',
    'switch',
    'application',
  ].map((role) => `[role="${role}"]`),
].join(', ');

/** Whether what has the focus, or something round it, has keys of its own, so that the notebook's stay away. */
export function hasOwnKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(CONTROLS) !== null;
}
