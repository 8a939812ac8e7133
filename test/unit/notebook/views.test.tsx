// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProblemCell } from '../../../app/notebook/document.ts';
import { firstLine } from '../../../app/notebook/document.ts';
import { KeysDialog } from '../../../app/notebook/KeysDialog.tsx';
import { MissingPage } from '../../../app/notebook/MissingPage.tsx';
import { parseDocument } from '../../../app/notebook/parse.ts';
import { preferences, setLetterKeys, setTheme } from '../../../app/notebook/preferences.ts';
import { ProblemView } from '../../../app/notebook/ProblemView.tsx';
import { Prose } from '../../../app/notebook/Prose.tsx';

// KaTeX refuses a page without a doctype, which is what the test's page is.
vi.hoisted(() => Object.defineProperty(document, 'compatMode', { value: 'CSS1Compat' }));

afterEach(cleanup);

describe('prose on the page', () => {
  test('sets formulas, in the colours of their quantities, with MathML beside them', () => {
    const { container } = render(<Prose text={'Say $\\y{y(t)}$.\n\n$$\na\n$$\n'} />);
    expect(container.querySelectorAll('.katex')).toHaveLength(2);
    expect(container.querySelector('.katex-display')).not.toBeNull();
    expect(container.querySelector('.q-output')?.textContent).toContain('y');
    expect(container.querySelectorAll('math')).toHaveLength(2);
  });

  test('shows TeX that cannot be set, with the reason, and the rest', () => {
    const { container } = render(<Prose text={'Before $\\frac{1$ after $b$.'} />);
    expect(container.querySelector('.formula-problem')?.textContent).toMatch(
      /^\\frac\{1 \(KaTeX parse error/,
    );
    expect(container.querySelectorAll('.katex')).toHaveLength(1);
    expect(container.textContent).toContain('after');
  });

  test('opens links out of the page beside it, those within it in place', () => {
    const { container } = render(<Prose text={'[out](https://example.org) [in](#/creative)'} />);
    const [out, within] = container.querySelectorAll('a');
    expect([out!.target, out!.rel]).toEqual(['_blank', 'noopener noreferrer']);
    expect([within!.target, within!.getAttribute('href')]).toEqual(['', '#/creative']);
  });

  test('takes an address without a scheme for one out of the page', () => {
    const { container } = render(<Prose text={'[a](//example.org) [b](other)'} />);
    expect([...container.querySelectorAll('a')].map((link) => link.target)).toEqual(['_blank', '_blank']);
  });

  test('makes no link of a refused address', () => {
    const { container } = render(<Prose text={'[a](javascript:alert(1))'} />);
    expect([container.querySelectorAll('a').length, container.textContent]).toEqual([0, 'a']);
  });

  test('leads from a footnote’s mark to the note of the same text, and back', () => {
    const { container } = render(
      <>
        <Prose text={'One[^1].\n\n[^1]: First.'} />
        <Prose text={'Two[^1].\n\n[^1]: Second.'} />
      </>,
    );
    const reached: (string | null)[] = [];
    vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element) {
      reached.push(this.textContent);
    });
    for (const mark of container.querySelectorAll('sup a')) fireEvent.click(mark);
    expect(reached.map((text) => text?.trim().split(' ')[0])).toEqual(['First.', 'Second.']);
    vi.restoreAllMocks();
  });

  test('holds no element that a hostile text asks for', () => {
    const { container } = render(<Prose text={'<img src=x onerror=alert(1)> <script>alert(1)</script>'} />);
    expect(container.querySelectorAll('img, script')).toHaveLength(0);
    expect(container.textContent).toContain('<script>');
  });
});

test('a bad fence shows its line of the document, its field and what is allowed', () => {
  const document = parseDocument(
    '# One\n\nTwo.\n\n```generate\nid: pad\ntitle: Go on\nfrom: predict#train\nstep: 3\n```\n',
  );
  const cell = document.cells[1] as ProblemCell;
  const { container } = render(<ProblemView cell={cell} firstLine={firstLine(document, cell.id)} />);
  const [item] = screen.getAllByRole('listitem');
  expect(item!.textContent).toMatch(
    /^Line 9: step is not a field here\. Did you mean steps\? Allowed are id, title, from, seed, steps, mode/,
  );
  expect(container.querySelector('[data-wrong]')?.textContent).toBe('9step: 3');
});

test('a page for an address that names no lesson says which lessons there are, and which was meant', () => {
  render(<MissingPage slug="predcit" />);
  const links = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
  expect(links).toEqual(['#/predict', '#/predict', '#/creative']);
});

describe('preferences', () => {
  beforeEach(() => localStorage.clear());

  test('letters are switched off in the list of keys, and stay off', () => {
    setLetterKeys(true);
    render(<KeysDialog open onClose={() => undefined} />);
    fireEvent.click(screen.getByRole('checkbox'));
    expect(preferences.getState().letterKeys).toBe(false);
    expect(localStorage.getItem('unroll.letterKeys')).toBe('off');
  });

  test('a theme is set on the page and remembered where the first script looks for it', () => {
    const script = readFileSync('public/theme.js', 'utf8');
    expect(script).toContain("'unroll.theme'");
    setTheme('dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(localStorage.getItem('unroll.theme')).toBe('dark');
    setTheme('system');
    expect(document.documentElement.dataset['theme']).toBeUndefined();
  });
});
