import { useEffect } from 'react';
import { lessons } from '../lessons/index.ts';
import { nearest } from './nearest.ts';

/** What stands at an address that names no lesson. */
export function MissingPage({ slug }: { readonly slug: string }) {
  useEffect(() => {
    document.title = 'No such lesson · Unroll';
  }, []);
  const slugs = lessons.map((lesson) => lesson.slug);
  const meant = lessons.find((lesson) => lesson.slug === nearest(slug, slugs));
  return (
    <div className="prose">
      <h1>There is no lesson here</h1>
      <p>
        The address names <code>{slug}</code>, and no lesson has that name.
        {meant && (
          <>
            {' '}
            Did you mean <a href={`#/${meant.slug}`}>{meant.title}</a>?
          </>
        )}
      </p>
      <p>These are the lessons:</p>
      <ul>
        {lessons.map((lesson) => (
          <li key={lesson.slug}>
            <a href={`#/${lesson.slug}`}>{lesson.title}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
