/**
 * Prose: Markdown (with tables and so on, as GitHub has it) and TeX between dollar signs, to a tree for the page.
 * An author can write no HTML: it is shown as the text that it is; a picture is its description. What comes out is checked against a list of
 * what is allowed. Formulas stay `code` elements that hold their TeX; Formula.tsx sets them.
 *
 * Two things are added to Markdown:
 * - A quantity in its colour is a link to its name after a colon, `[the value now](:input)`; a plain viewer shows a
 *   link. In equations the commands `\x{…}` (input), `\h{…}` (state), `\y{…}` (output), `\g{…}` (gradient) and
 *   `\z{…}` (target) do the same.
 * - A paragraph of nothing but formulas is set out and centred, and wraps between them.
 */
import type { Root as HastRoot, Text } from 'hast';
import type { Html, Image, ImageReference, Link, Paragraph, PhrasingContent, Root } from 'mdast';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { quantities } from './tex.ts';

const quantityNames: readonly string[] = Object.values(quantities);

const sanitizeSchema: typeof defaultSchema = {
  ...defaultSchema,
  tagNames: defaultSchema.tagNames!.filter((name) => name !== 'img'),
  attributes: {
    ...defaultSchema.attributes,
    code: [['className', /^language-./, 'math-inline', 'math-display']],
    p: [['className', 'equations']],
    span: [['className', ...quantityNames.map((name) => `q-${name}`)]],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
  // The only ids are those of footnotes, which bear the prefix already; once more, and their links lead nowhere.
  clobberPrefix: '',
};

/** The tree of a piece of prose: elements and text only, no HTML as a string. */
export function proseTree(text: string): HastRoot {
  const processor = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkMath)
    .use(() => markQuantities)
    .use(remarkRehype, { handlers: { html: asText, image: asText, imageReference: asText } })
    .use(rehypeSanitize, sanitizeSchema);
  return processor.runSync(processor.parse(text));
}

/** HTML as it was written; of a picture, which would have to be fetched from elsewhere, its description. */
function asText(_state: unknown, node: Html | Image | ImageReference): Text {
  return { type: 'text', value: node.type === 'html' ? node.value : (node.alt ?? '') };
}

/** Gives quantity links and paragraphs of formulas the element and class by which they are styled. */
function markQuantities(tree: Root): undefined {
  visit(tree, (node) => {
    if (node.type === 'link') markLink(node);
    if (node.type === 'paragraph' && node.children.every(isFormula)) {
      node.data = { hProperties: { className: ['equations'] } };
      node.children = node.children.filter((child) => child.type === 'inlineMath');
    }
  });
}

function markLink(link: Link): void {
  const name = link.url.slice(1);
  if (!link.url.startsWith(':') || !quantityNames.includes(name)) return;
  link.url = '';
  link.data = { hName: 'span', hProperties: { className: [`q-${name}`] } };
}

function isFormula(node: PhrasingContent): boolean {
  return node.type === 'inlineMath' || (node.type === 'text' && node.value.trim() === '');
}

function visit(
  node: Root | Paragraph | PhrasingContent,
  each: (node: Paragraph | PhrasingContent) => void,
): void {
  if (!('children' in node)) return;
  for (const child of node.children as (Paragraph | PhrasingContent)[]) {
    each(child);
    visit(child, each);
  }
}
