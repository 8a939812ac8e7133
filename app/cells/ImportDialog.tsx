import { type ChangeEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { count } from '../controls/format.ts';
import type { ImportReport } from '../data/types.ts';
import { Dialog } from '../notebook/Dialog.tsx';
import { ChoiceControls } from './ImportChoices.tsx';
import { Outline, PreviewTable } from './ImportPreview.tsx';
import { useFileDrop } from './useFileDrop.ts';
import { type Import, type ImportSeries, useImport } from './useImport.ts';
import './import.css';

interface FormProps {
  readonly importSeries: ImportSeries;
  /** A file to begin with, such as one dropped on the experiment. */
  readonly file?: File | null;
  readonly onClose: () => void;
  /** The reader takes the series that the report is on. */
  readonly onChosen: (report: ImportReport) => void;
}

interface ImportDialogProps extends FormProps {
  readonly open: boolean;
}

/** Brings a series of the reader's own: a file or pasted text, seen and put right before it is taken. */
export function ImportDialog({ open, ...form }: ImportDialogProps) {
  return (
    <Dialog title="Your own series" open={open} onClose={form.onClose}>
      <ImportForm {...form} />
    </Dialog>
  );
}

function ImportForm({ importSeries, file, onClose, onChosen }: FormProps) {
  const reading = useImport(importSeries);
  const { report, take, error, busy } = reading;
  const [text, setText] = useState('');
  const takeFile = (chosen: File) => {
    setText('');
    take(chosen.name, chosen);
  };
  const { over, handlers } = useFileDrop(takeFile);
  useEffect(() => {
    if (file) take(file.name, file);
  }, [file, take]);
  const usable = report !== null && report.problem === undefined && error === '' && !busy;
  return (
    <div className="import" data-over={over || undefined} {...handlers}>
      <p className="import-lead">
        Numbers in a column, one row a time step: CSV or plain text, up to 50 MB and a million rows. They are
        read on this machine and stay on it; nothing is uploaded.
      </p>
      <Sources reading={reading} text={text} onText={setText} onFile={takeFile} />
      <Trouble message={error || report?.problem} />
      <Found reading={reading} />
      <div className="import-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" disabled={!usable} onClick={() => report && onChosen(report)}>
          Use this series
        </Button>
      </div>
    </div>
  );
}

/** How long after the last key pasted or typed text is read, in milliseconds. */
const PAUSE = 400;

interface SourcesProps {
  readonly reading: Import;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onFile: (file: File) => void;
}

/** A file chosen or dropped, or text pasted. */
function Sources({ reading, text, onText, onFile }: SourcesProps) {
  const { take, clear, content } = reading;
  const chooser = useRef<HTMLInputElement>(null);
  const field = useId();
  useEffect(() => {
    if (text.trim() === '') return undefined;
    const timer = setTimeout(() => take('Pasted text', text), PAUSE);
    return () => clearTimeout(timer);
  }, [text, take]);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    event.target.value = '';
    if (chosen) onFile(chosen);
  };
  const write = (event: ChangeEvent<HTMLTextAreaElement>) => {
    onText(event.target.value);
    if (event.target.value.trim() === '') clear();
  };
  return (
    <div className="import-sources">
      <div className="import-drop">
        <Button onClick={() => chooser.current?.click()}>Choose a file</Button>
        <span>{content?.content instanceof Blob ? content.name : 'or drop one here'}</span>
        <input
          ref={chooser}
          type="file"
          accept=".csv,.tsv,.txt,.dat,text/*"
          aria-label="File with your series"
          hidden
          onChange={choose}
        />
      </div>
      <div className="import-paste">
        <label htmlFor={field}>Or paste the numbers</label>
        <textarea id={field} rows={3} spellCheck={false} value={text} onChange={write} />
      </div>
    </div>
  );
}

/** Why the series cannot be taken as it is. The element stays, so that what comes into it is announced. */
function Trouble({ message }: { readonly message: string | undefined }) {
  return (
    <div role="alert" className="import-trouble">
      {message && <p>{message}</p>}
    </div>
  );
}

/** What was found, and how else it could be read. */
function Found({ reading }: { readonly reading: Import }) {
  const { report, choices, choose, busy, error } = reading;
  return (
    <div className="import-found" aria-busy={busy}>
      <output className="import-status">{busy ? 'Reading …' : report && !error ? sizes(report) : ''}</output>
      {report && (
        <>
          <ChoiceControls report={report} choices={choices} onChoose={choose} />
          <PreviewTable report={report} />
          <Outline report={report} />
          {report.notices.length > 0 && (
            <ul className="import-notices" aria-label="Notes on the series">
              {report.notices.map((notice) => (
                <li key={notice}>{notice}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}

function sizes({ rows, columns }: ImportReport): string {
  return `${plural(rows, 'row')} of ${plural(columns.length, 'column')}.`;
}

function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
