import type { Element, Root, RootContent } from 'hast';
import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { proseTree } from '../../../app/notebook/prose.ts';
import { texOptions } from '../../../app/notebook/tex.ts';

function elements(tree: Root | Element): Element[] {
  return tree.children.flatMap((child) => (child.type === 'element' ? [child, ...elements(child)] : []));
}

function textOf(node: Root | RootContent): string {
  if ('children' in node) return node.children.map(textOf).join('');
  return 'value' in node ? node.value : '';
}

const set = (tex: string) => katex.renderToString(tex, texOptions(false));

describe('prose', () => {
  test('is headings, tables, code and links', () => {
    const tree = proseTree(
      '# One\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```ts\nx\n```\n\n[there](#/creative)\n',
    );
    const names = elements(tree).map((element) => element.tagName);
    for (const name of ['h1', 'table', 'th', 'td', 'pre', 'code', 'a']) expect(names).toContain(name);
  });

  test('colours the quantities that have a colour, and no others', () => {
    const tree = proseTree('Read [the *value* now](:input), say [more](:nothing).');
    const spans = elements(tree).filter((element) => element.tagName === 'span');
    expect(spans).toHaveLength(1);
    expect(spans[0]!.properties).toEqual({ className: ['q-input'] });
    expect(textOf(spans[0]!)).toBe('the value now');
    expect(textOf(tree)).toBe('Read the value now, say more.');
  });

  test('sets out a paragraph of formulas alone', () => {
    const [alone, among] = elements(proseTree('$a$\n$b$\n\nwith $c$ in it')).filter(
      ({ tagName }) => tagName === 'p',
    );
    expect(alone!.properties).toEqual({ className: ['equations'] });
    expect(alone!.children).toHaveLength(2);
    expect(among!.properties).toEqual({});
  });
});

describe('a hostile document', () => {
  const ATTEMPTS = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'Words <b onclick="alert(1)">bold</b> <style>body{display:none}</style>',
    '<iframe src="https://example.org"></iframe>\n\n<form action=//example.org><input name=a></form>',
    '[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](vbscript:x) [e](&#106;avascript:x)',
    '<javascript:alert(1)> [f]: javascript:alert(1)\n\n[f]\n\n[f]: javascript:alert(1)',
    '![x](javascript:alert(1)) ![y](https://example.org/track.png) ![z](data:image/svg+xml,<svg/onload=alert(1)>)',
    '[x](:input"onclick="alert(1)) [x](:input "title")',
    '[^1]\n\n[^1]: <script>alert(1)</script>',
    '```ts onload=alert(1)\n</code></pre><script>alert(1)</script>\n```',
    '- [x] <input autofocus onfocus=alert(1)>',
  ];

  test.each(ATTEMPTS)('%s', (text) => {
    for (const { tagName, properties } of elements(proseTree(text))) {
      expect(['script', 'style', 'iframe', 'form', 'object', 'embed', 'b', 'svg']).not.toContain(tagName);
      for (const [name, value] of Object.entries(properties)) {
        expect(name).not.toMatch(/^on|^style$|^src|^name$/);
        expect(name === 'href' ? String(value) : '').toMatch(/^(https?:|mailto:|#|[^:]*$)/i);
      }
    }
  });

  test('fetches nothing: a picture is its description', () => {
    const tree = proseTree('See ![a cat](//example.org/cat.png) and ![a dog][d].\n\n[d]: dog.png');
    expect(elements(tree).map((element) => element.tagName)).toEqual(['p']);
    expect(textOf(tree)).toBe('See a cat and a dog.');
  });

  test('shows its HTML as the text that it is', () => {
    expect(textOf(proseTree('a <b onclick="x">c</b>'))).toBe('a <b onclick="x">c</b>');
    expect(textOf(proseTree('<script>alert(1)</script>'))).toBe('<script>alert(1)</script>');
  });
});

describe('TeX', () => {
  test('colours its quantities', () => {
    const html = set(String.raw`\h{h(t)} = \x{x} + \y{y} - \z{s} \cdot \g{dW}`);
    for (const name of ['state', 'input', 'output', 'target', 'gradient'])
      expect(html).toContain(`q-${name}`);
  });

  // What is refused is set as its own name in the colour of an error.
  test.each([
    String.raw`\href{javascript:alert(1)}{x}`,
    String.raw`\url{https://example.org}`,
    String.raw`\includegraphics{https://example.org/x.png}`,
    String.raw`\htmlClass{skip-link}{x}`,
    String.raw`\htmlId{root}{x}`,
    String.raw`\htmlStyle{position:fixed}{x}`,
    String.raw`\htmlData{cell=train}{x}`,
  ])('may not %s', (tex) => {
    const [markup] = set(tex).split('<annotation');
    expect(markup).toContain('#cc0000');
    expect(markup).not.toMatch(/<a |<img|href=|skip-link|position:fixed|data-cell|id="root"/);
  });

  test('may not expand without end, nor be as large as it likes', () => {
    expect(() => set(String.raw`\def\a{\a\a}\a`)).toThrow(/Too many expansions/);
    expect(set(String.raw`\rule{9999em}{9999em}`)).not.toContain('9999em;');
  });

  test('cannot change the commands of the next formula', () => {
    set(String.raw`\gdef\x#1{no}`);
    expect(set(String.raw`\x{a}`)).toContain('q-input');
  });
});
