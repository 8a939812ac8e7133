/** The tokens of look/ as colours that plotly understands, kept in step with light and dark. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

const TOKENS = ['ink', 'ink-2', 'line', 'surface', 'sunken', 'accent', 'input', 'output', 'target'] as const;

type Token = (typeof TOKENS)[number];

export interface Palette extends Readonly<Record<Token, string>> {
  /** The face of controls and labels. */
  readonly face: string;
}

const palette = createStore<Palette>(() => readPalette());
let watching = false;

/** The page's colours now; a component that uses them draws again when the theme changes. */
export function usePalette(): Palette {
  watchTheme();
  return useStore(palette);
}

/** A token may be `light-dark(…)`, which only an element that wears it resolves to a colour; here as in a plot. */
function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.className = 'plot';
  probe.hidden = true;
  document.body.append(probe);
  const worn = getComputedStyle(probe);
  const colours = TOKENS.map((token) => {
    probe.style.color = `var(--${token})`;
    return [token, worn.color] as const;
  });
  const face = worn.getPropertyValue('--ui');
  probe.remove();
  return { ...(Object.fromEntries(colours) as Record<Token, string>), face };
}

const update = () => palette.setState(readPalette(), true);

function watchTheme(): void {
  if (watching) return;
  watching = true;
  for (const preference of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(preference).addEventListener('change', update);
  }
  const root = new MutationObserver(update);
  root.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme'],
  });
  if (document.readyState !== 'complete') addEventListener('load', update, { once: true });
}
