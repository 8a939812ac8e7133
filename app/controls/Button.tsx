import { type ButtonHTMLAttributes, useState } from 'react';
import './controls.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main`: the one thing to do here. `quiet`: without a frame. */
  readonly look?: 'main' | 'plain' | 'quiet';
}

/** A button of the notebook. Its name is its content, or `aria-label` where that is an icon alone. */
export function Button({ look = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`btn ${look} ${className}`.trimEnd()} />;
}

interface WorkButtonProps extends Omit<ButtonProps, 'onClick'> {
  /** What it says while it works. */
  readonly busyText: string;
  readonly onPress: () => Promise<void>;
}

/** A button for what may take a while: it says so at once, as wide as before, and takes no second press meanwhile. */
export function WorkButton({ busyText, onPress, children, ...rest }: WorkButtonProps) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    try {
      await onPress();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button {...rest} aria-disabled={busy || undefined} onClick={busy ? undefined : () => void press()}>
      <span className="one-of-two">
        <span aria-hidden={busy}>{children}</span>
        <span aria-hidden={!busy}>{busyText}</span>
      </span>
    </Button>
  );
}
