/** The course: which lessons there are, in order. A lesson is `<slug>.md` in this folder and a line here. */

export interface Lesson {
  /** Its route is `#/<slug>`. */
  readonly slug: string;
  /** Short, for the contents; the lesson's own heading may say more. */
  readonly title: string;
}

export interface Part {
  readonly title: string;
  readonly lessons: readonly Lesson[];
}

export const course: readonly Part[] = [
  {
    title: 'Making it work',
    lessons: [
      { slug: 'predict', title: 'Predicting a series' },
      { slug: 'creative', title: 'The creative network' },
    ],
  },
];

/** Every lesson, in the order in which they are read. */
export const lessons: readonly Lesson[] = course.flatMap((part) => part.lessons);

const texts = import.meta.glob<string>('./*.md', { query: '?raw', import: 'default' });

/** The Markdown of a lesson; undefined where there is no such lesson. */
export async function lessonText(slug: string): Promise<string | undefined> {
  return lessons.some((lesson) => lesson.slug === slug) ? texts[`./${slug}.md`]?.() : undefined;
}
