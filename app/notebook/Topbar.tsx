import type { ReactNode } from 'react';
import { ArrowDown, ArrowUp, Keyboard, Menu, Monitor, Moon, Sun } from 'lucide-react';
import { Brand } from './Brand.tsx';
import { DeviceBadge } from './DeviceBadge.tsx';
import { setTheme, usePreferences, asTheme } from './preferences.ts';

interface TopbarProps {
  readonly onMenu: () => void;
  readonly onKeys: () => void;
  /** Undefined where no notebook is open. */
  readonly onStep: ((by: number) => void) | undefined;
}

/** The bar over the notebook: its keys, stepping, the theme, and what it runs on. */
export function Topbar({ onMenu, onKeys, onStep }: TopbarProps) {
  const letterKeys = usePreferences((chosen) => chosen.letterKeys);
  return (
    <header className="topbar">
      <button type="button" className="icon-button menu" aria-label="Contents" onClick={onMenu}>
        <Menu aria-hidden />
      </button>
      <Brand />
      <span className="space" />
      {onStep && letterKeys && <KeyHint />}
      {onStep && (
        <span className="stepper">
          <IconButton label="Previous cell" onClick={() => onStep(-1)}>
            <ArrowUp aria-hidden />
          </IconButton>
          <IconButton label="Next cell" onClick={() => onStep(1)}>
            <ArrowDown aria-hidden />
          </IconButton>
        </span>
      )}
      <IconButton label="Keys" hint={letterKeys ? 'Keys (?)' : 'Keys'} name="keys" onClick={onKeys}>
        <Keyboard aria-hidden />
      </IconButton>
      <ThemeSwitch />
      <DeviceBadge />
    </header>
  );
}

function KeyHint() {
  return (
    <span className="hint" aria-hidden="true">
      <span>
        <kbd>J</kbd> <kbd>K</kbd> step
      </span>
      <span>
        <kbd>Space</kbd> play
      </span>
    </span>
  );
}

interface IconButtonProps {
  readonly label: string;
  /** What the pointer is shown, where that is more than the label. */
  readonly hint?: string;
  /** A class beside the common one. */
  readonly name?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function IconButton({ label, hint = label, name = '', onClick, children }: IconButtonProps) {
  return (
    <button type="button" className={`icon-button ${name}`} aria-label={label} title={hint} onClick={onClick}>
      {children}
    </button>
  );
}

const themeIcons = { system: Monitor, light: Sun, dark: Moon } as const;

function ThemeSwitch() {
  const theme = usePreferences((chosen) => chosen.theme);
  const Icon = themeIcons[theme];
  return (
    <span className="icon-button">
      <Icon aria-hidden />
      <select
        aria-label="Theme"
        title="Theme"
        value={theme}
        onChange={(event) => setTheme(asTheme(event.target.value))}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </span>
  );
}
