/** What the reader chose about the page, remembered in this browser where it allows that. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  readonly theme: Theme;
  /** Whether single letters are keys of the notebook. */
  readonly letterKeys: boolean;
}

const THEME = 'unroll.theme';
const LETTER_KEYS = 'unroll.letterKeys';

export const preferences = createStore<Preferences>(() => ({
  theme: asTheme(recall(THEME)),
  letterKeys: recall(LETTER_KEYS) !== 'off',
}));

export function usePreferences<T>(selector: (preferences: Preferences) => T): T {
  return useStore(preferences, selector);
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  remember(THEME, theme);
  preferences.setState({ theme });
}

export function setLetterKeys(letterKeys: boolean): void {
  remember(LETTER_KEYS, letterKeys ? 'on' : 'off');
  preferences.setState({ letterKeys });
}

export function asTheme(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage is forbidden: nothing is remembered.
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden or full: the choice holds until the page is left.
  }
}
