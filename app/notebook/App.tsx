import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useHashLocation } from 'wouter/use-hash-location';
import { lessons } from '../lessons/index.ts';
import { Brand } from './Brand.tsx';
import { Contents } from './Contents.tsx';
import { DeviceNotice } from './DeviceBadge.tsx';
import { Dialog } from './Dialog.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { MissingPage } from './MissingPage.tsx';
import { Notebook } from './Notebook.tsx';
import { stepBy } from './stepping.ts';
import { openLesson, useDocument } from './store.ts';
import { Topbar } from './Topbar.tsx';

/** The page: the contents at the side, the bar on top, and the notebook that the address names. */
export function App() {
  const { slug, problem } = useSlug();
  const notebook = useDocument(slug);
  const [dialog, setDialog] = useState<'keys' | 'contents' | null>(null);
  const close = useCallback(() => setDialog(null), []);
  const showKeys = useCallback(() => setDialog('keys'), []);
  const main = useMainOf(slug);
  return (
    <div className="page">
      <a
        className="skip-link"
        href="#lesson"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the lesson
      </a>
      <nav className="rail" aria-label="Course">
        <Brand />
        <Contents open={slug} />
      </nav>
      <div className="column">
        <Topbar
          onMenu={() => setDialog('contents')}
          onKeys={showKeys}
          onStep={notebook ? (by) => stepBy(slug, by) : undefined}
        />
        <main ref={main} id="lesson" tabIndex={-1}>
          <DeviceNotice />
          {notebook && <Notebook key={slug} slug={slug} notebook={notebook} onHelp={showKeys} />}
          {notebook === null && <MissingPage slug={slug} />}
          {problem && (
            <p className="notice" role="alert">
              {problem}
            </p>
          )}
        </main>
      </div>
      <KeysDialog open={dialog === 'keys'} onClose={close} />
      <Dialog title="Contents" side open={dialog === 'contents'} onClose={close}>
        <nav aria-label="Course">
          {/* Closed before the reader goes: closing gives the focus back to where it was. */}
          <Contents open={slug} onGo={() => flushSync(close)} />
        </nav>
      </Dialog>
    </div>
  );
}

/**
 * The slug in the address `#/<slug>`, or the first lesson's where there is none. Opens the lesson that it names, and
 * says what is wrong where its file cannot be had.
 */
function useSlug(): { slug: string; problem: string } {
  const [failure, setFailure] = useState({ slug: '', reason: '' });
  const [path, navigate] = useHashLocation();
  const named = path.replace(/^\/+|\/+$/g, '');
  const slug = named || lessons[0]!.slug;
  useEffect(() => {
    if (!named) navigate(`/${slug}`, { replace: true });
    openLesson(slug).catch((error: unknown) => {
      setFailure({ slug, reason: error instanceof Error ? error.message : String(error) });
    });
  }, [named, slug, navigate]);
  const problem =
    failure.slug === slug
      ? `The lesson could not be loaded: ${failure.reason}. Is the connection there? Load the page again to retry.`
      : '';
  return { slug, problem };
}

/** The page's main part, which takes the focus, from its top, when the reader goes to another lesson. */
function useMainOf(slug: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(slug);
  useEffect(() => {
    if (shown.current === slug) return;
    shown.current = slug;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [slug]);
  return main;
}
