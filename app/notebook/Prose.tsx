import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ComponentProps, memo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { proseTree } from './prose.ts';

/** Markdown as React elements. */
export const Prose = memo(function Prose({ text }: { readonly text: string }) {
  const content = toJsxRuntime(proseTree(text), {
    Fragment,
    jsx,
    jsxs,
    components: { a: ProseLink, table: ProseTable, pre: ProseCode },
  });
  return <div className="prose">{content}</div>;
});

/** A link out of the page opens beside it, so that nothing that runs is lost; one within it only scrolls. */
function ProseLink({ href = '', children, ...rest }: ComponentProps<'a'>) {
  if (href.startsWith('#') && !href.startsWith('#/')) {
    return (
      <a
        {...rest}
        href={href}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(href.slice(1))?.scrollIntoView();
        }}
      >
        {children}
      </a>
    );
  }
  const away = /^[a-z]+:/.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  return (
    <a {...rest} href={href} {...away}>
      {children}
    </a>
  );
}

/** Wide tables and code scroll by themselves, by keyboard too. */
function ProseTable(props: ComponentProps<'table'>) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
    <div className="table" tabIndex={0}>
      <table {...props} />
    </div>
  );
}

function ProseCode(props: ComponentProps<'pre'>) {
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
  return <pre tabIndex={0} {...props} />;
}
