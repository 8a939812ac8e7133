import katex from 'katex';
import { useCallback } from 'react';
import { texOptions } from './tex.ts';

interface FormulaProps {
  readonly tex: string;
  /** On lines of its own. */
  readonly display: boolean;
}

/** TeX set by KaTeX, with MathML beside it for those who listen. */
export function Formula({ tex, display }: FormulaProps) {
  const place = useCallback(
    (element: HTMLSpanElement | null) => {
      if (element) setFormula(element, tex, display);
    },
    [tex, display],
  );
  return <span ref={place} />;
}

/**
 * KaTeX builds the elements itself, so that no markup passes as a string and the page's policy on styles holds. TeX
 * that cannot be set is shown as written, with the reason.
 */
function setFormula(element: HTMLElement, tex: string, display: boolean): void {
  try {
    element.className = '';
    katex.render(tex, element, texOptions(display));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    element.className = 'formula-problem';
    element.textContent = `${tex} (${reason})`;
  }
}
