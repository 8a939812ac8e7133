import type { ButtonHTMLAttributes } from 'react';
import './controls.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main`: the one thing to do here. `quiet`: without a frame. */
  readonly look?: 'main' | 'plain' | 'quiet';
}

/** A button of the notebook. Its name is its content, or `aria-label` where that is an icon alone. */
export function Button({ look = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`btn ${look} ${className}`.trimEnd()} />;
}
