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
      if (!element) return undefined;
      setFormula(element, tex, display);
      return display ? focusableWhileWide(element) : undefined;
    },
    [tex, display],
  );
  return <span ref={place} className={display ? 'formula-block' : undefined} />;
}

/**
 * KaTeX builds the elements itself, so that no markup passes as a string and the page's policy on styles holds. TeX
 * that cannot be set is shown as written, with the reason.
 */
function setFormula(element: HTMLElement, tex: string, display: boolean): void {
  try {
    katex.render(tex, element, texOptions(display));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    element.classList.add('formula-problem');
    element.textContent = `${tex} (${reason})`;
  }
}

/** A formula too wide for the column scrolls, and takes the focus then, so that it scrolls by keyboard too. */
function focusableWhileWide(element: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  });
  observer.observe(element);
  return () => observer.disconnect();
}
