/** What the keys and the arrow buttons do to the open notebook. */
import { useEffect } from 'react';
import { runCommand, type CommandName } from './commands.ts';
import { focusCell } from './focus.ts';
import { hasOwnKeys, keyAction, type KeyAction } from './keyboard.ts';
import { preferences } from './preferences.ts';
import { idFromCurrent, setCurrent } from './store.ts';

/** Goes to the cell `by` places from the current one. */
export function stepBy(slug: string, by: number): void {
  const id = idFromCurrent(slug, by);
  if (id !== undefined) goTo(slug, id);
}

/** Goes to a cell, or to a section of its prose. */
export function goTo(slug: string, id: string, section?: number): void {
  setCurrent(slug, id);
  focusCell(id, section);
}

/** Makes the cell into which the focus goes, by a press or by Tab, the current one. */
export function useFocusedCell(slug: string): void {
  useEffect(() => {
    const onFocus = (event: FocusEvent) => {
      const section = event.target instanceof Element ? event.target.closest('[data-cell]') : null;
      const id = section?.getAttribute('data-cell');
      if (id) setCurrent(slug, id);
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, [slug]);
}

/** Listens to the keys of a notebook while it is shown. */
export function useNotebookKeys(slug: string, onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (hasOwnKeys(event.target) || document.querySelector('dialog[open]')) return;
      const action = keyAction(event, preferences.getState().letterKeys);
      if (!action) return;
      if (action === 'help') onHelp();
      else if (!perform(slug, action)) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [slug, onHelp]);
}

/** False where the key means nothing to the current cell, so that it stays the browser's: Space scrolls, then. */
function perform(slug: string, action: Exclude<KeyAction, 'help'>): boolean {
  const command = (name: CommandName) => runCommand(`${slug}#${idFromCurrent(slug, 0)}`, name);
  switch (action) {
    case 'next':
      stepBy(slug, 1);
      return true;
    case 'previous':
      stepBy(slug, -1);
      return true;
    case 'run-and-next':
      command('play');
      stepBy(slug, 1);
      return true;
    default:
      return command(action);
  }
}
