import { course } from '../lessons/index.ts';
import { goTo } from './stepping.ts';
import { useCurrent, useDocument } from './store.ts';

interface ContentsProps {
  /** Slug of the lesson that is open. */
  readonly open: string | undefined;
  /** After the reader has gone somewhere. */
  readonly onGo?: () => void;
}

/** The lessons that there are and, under the open one, its cells after the first, which is the lesson's own opening. */
export function Contents({ open, onGo }: ContentsProps) {
  return (
    <div className="contents">
      {course.map((part) => (
        <div key={part.title}>
          <h2>{part.title}</h2>
          <ol>
            {part.lessons.map(({ slug, title }) => (
              <li key={slug}>
                <a
                  href={`#/${slug}`}
                  aria-current={slug === open ? 'page' : undefined}
                  onClick={() => {
                    onGo?.();
                    if (slug === open) window.scrollTo(0, 0);
                  }}
                >
                  {title}
                </a>
                {slug === open && <Outline slug={slug} onGo={onGo} />}
              </li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

function Outline({ slug, onGo }: { readonly slug: string; readonly onGo: (() => void) | undefined }) {
  const notebook = useDocument(slug);
  const current = useCurrent(slug);
  if (!notebook) return null;
  return (
    <ol className="outline">
      {notebook.cells.slice(1).map((cell) => (
        <li key={cell.id}>
          <button
            type="button"
            aria-current={cell.id === current ? 'step' : undefined}
            onClick={() => {
              onGo?.();
              goTo(slug, cell.id);
            }}
          >
            {cell.title}
          </button>
        </li>
      ))}
    </ol>
  );
}
