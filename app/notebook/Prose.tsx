import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ComponentProps, isValidElement, memo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { Formula } from './Formula.tsx';
import { proseTree } from './prose.ts';

/** Markdown as React elements. */
export const Prose = memo(function Prose({ text }: { readonly text: string }) {
  const content = toJsxRuntime(proseTree(text), {
    Fragment,
    jsx,
    jsxs,
    components: { a: ProseLink, table: ProseTable, pre: ProseBlock, code: ProseCode },
  });
  return <div className="prose">{content}</div>;
});

/**
 * A link out of the page opens beside it, so that nothing that runs is lost; one within it only scrolls. Where the
 * address was refused there is no link.
 */
function ProseLink({ href, children, ...rest }: ComponentProps<'a'>) {
  if (!href) return <span>{children}</span>;
  if (href.startsWith('#') && !href.startsWith('#/')) {
    return (
      <a
        {...rest}
        href={href}
        onClick={(event) => {
          event.preventDefault();
          const prose = event.currentTarget.closest('.prose'); // another cell may have a footnote of this name
          prose?.querySelector(`#${CSS.escape(href.slice(1))}`)?.scrollIntoView();
        }}
      >
        {children}
      </a>
    );
  }
  const away = !href.startsWith('#') ? { target: '_blank', rel: 'noopener noreferrer' } : {};
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

function ProseBlock({ children, ...rest }: ComponentProps<'pre'>) {
  if (isValidElement<ComponentProps<'code'>>(children) && isFormula(children.props.className))
    return children;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
    <pre tabIndex={0} {...rest}>
      {children}
    </pre>
  );
}

function ProseCode({ className, children, ...rest }: ComponentProps<'code'>) {
  if (!isFormula(className)) {
    return (
      <code {...rest} className={className}>
        {children}
      </code>
    );
  }
  return (
    <Formula
      tex={typeof children === 'string' ? children : ''}
      display={className!.includes('math-display')}
    />
  );
}

/** Formulas come as code of these two classes. */
function isFormula(className: string | undefined): boolean {
  return className?.split(' ').some((name) => name === 'math-inline' || name === 'math-display') ?? false;
}
