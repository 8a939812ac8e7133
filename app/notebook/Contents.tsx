import { course } from '../lessons/index.ts';
import { outline } from './document.ts';
import { goTo } from './stepping.ts';
import { useCurrent, useDocument } from './store.ts';

interface ContentsProps {
  /** Slug of the lesson that is open. */
  readonly open: string | undefined;
  /** Before the reader goes somewhere. */
  readonly onGo?: () => void;
}

/** The lessons that there are and, under the open one, what it holds. */
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
      {outline(notebook).map(({ id, title, section }) => (
        <li key={`${id} ${section}`}>
          <button
            type="button"
            data-current={id === current || undefined}
            onClick={() => {
              onGo?.();
              goTo(slug, id, section);
            }}
          >
            {title}
          </button>
        </li>
      ))}
    </ol>
  );
}
