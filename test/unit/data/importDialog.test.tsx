// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ImportDialog } from '../../../app/cells/ImportDialog.tsx';
import type { ImportSeries } from '../../../app/cells/useImport.ts';
import { importSeries } from '../../../app/data/import.ts';
import type { ImportReport } from '../../../app/data/types.ts';

/** The worker's import, run here. */
const realImport: ImportSeries = async (...call) => (await importSeries(...call)).report;

const table = (count = 20) =>
  [
    'day,level,flow',
    ...Array.from({ length: count }, (_, row) => `${row},${(row * row) % 7}.5,${row % 3}`),
  ].join('\n');

function open(props: { file?: File; importSeries?: ImportSeries } = {}) {
  const onChosen = vi.fn<(report: ImportReport) => void>();
  const onClose = vi.fn<() => void>();
  render(<ImportDialog open importSeries={realImport} onChosen={onChosen} onClose={onClose} {...props} />);
  return { onChosen, onClose };
}

const paste = (value: string) =>
  fireEvent.change(screen.getByLabelText('Or paste the numbers'), { target: { value } });
const drop = (file: File) =>
  fireEvent.drop(screen.getByRole('button', { name: 'Choose a file' }), {
    dataTransfer: { types: ['Files'], files: [file] },
  });
const choose = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const use = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Use this series' });
const status = async (text: string) =>
  waitFor(() => expect(screen.getByRole('status').textContent).toBe(text));
const alert = () => screen.getByRole('alert').textContent;

configure({ asyncUtilTimeout: 10_000 }); // a busy machine is slow, not wrong
vi.setConfig({ testTimeout: 30_000 });
afterEach(cleanup);

describe('the import dialog', () => {
  it('says that nothing leaves the machine, and takes nothing before there is a series', () => {
    open();
    expect(screen.getByRole('dialog', { name: 'Your own series' }).textContent).toContain(
      'nothing is uploaded',
    );
    expect(use().disabled).toBe(true);
  });

  it('reads pasted text, shows its rows, and gives the report of the column chosen', async () => {
    const { onChosen } = open();
    paste(table());
    await status('20 rows of 3 columns.');
    const headers = screen.getAllByRole('columnheader').map((header) => header.textContent);
    expect(headers).toEqual(['day', 'level (the series)', 'flow']);
    expect(within(screen.getAllByRole('row')[2]!).getAllByRole('cell')[1]!.textContent).toBe('1.5');
    expect(screen.getByRole('figure').textContent).toBe('level: 20 rows, values from 0.5 to 4.5');

    choose('Column', '2');
    await waitFor(() => expect(screen.getByRole('figure').textContent).toContain('flow'));
    fireEvent.click(use());
    expect(onChosen).toHaveBeenCalledOnce();
    expect(onChosen.mock.calls[0]![0]).toMatchObject({ rows: 20, choices: { column: 2, missing: 'skip' } });
  });

  it('prints numbers below zero with a minus sign', async () => {
    open();
    paste(Array.from({ length: 20 }, (_, row) => String((row % 5) - 2.5)).join('\n'));
    await status('20 rows of 1 column.');
    expect(screen.getByRole('figure').textContent).toContain('values from −2.5 to 1.5');
  });

  it('reads a file dropped on it, or handed to it', async () => {
    open({ file: new File([table(12)], 'handed.csv') });
    await status('12 rows of 3 columns.');
    paste(table(13));
    await status('13 rows of 3 columns.');
    drop(new File([table(15)], 'dropped.csv'));
    await status('15 rows of 3 columns.');
    expect(screen.getByLabelText<HTMLTextAreaElement>('Or paste the numbers').value).toBe('');
    expect(screen.getByRole('dialog').textContent).toContain('dropped.csv');
  });

  it('keeps a drop to itself, and lets dragged text pass', () => {
    const dropped = vi.fn<() => void>();
    render(
      <div onDrop={dropped}>
        <ImportDialog open importSeries={realImport} onChosen={vi.fn()} onClose={vi.fn()} />
      </div>,
    );
    drop(new File([table(12)], 'dropped.csv'));
    expect(dropped).not.toHaveBeenCalled();
    const text = { dataTransfer: { types: ['text/plain'], files: [] } };
    fireEvent.drop(screen.getByRole('button', { name: 'Choose a file' }), text);
    expect(dropped).toHaveBeenCalledOnce();
  });

  it('tells what is wrong in its place, and lets the choices put it right', async () => {
    open();
    paste(['level', '1.5', '2,5', ...Array.from({ length: 20 }, (_, row) => String(row % 3))].join('\n'));
    await waitFor(() => expect(alert()).toContain('1.5 in line 2 has a point, 2,5 in line 3 a comma'));
    expect(use().disabled).toBe(true);
    choose('Decimal mark', 'comma');
    await waitFor(() => expect(alert()).toContain('Line 2 has “1.5”'));
    choose('Text among the numbers', 'missing');
    await waitFor(() => expect(use().disabled).toBe(false));
    expect(alert()).toBe('');
    expect(screen.getByRole('list', { name: 'Notes on the series' }).textContent).toContain(
      'counts as missing',
    );
    choose('Decimal mark', 'found');
    await waitFor(() => expect(alert()).toContain('mixes decimal marks'));
  });

  it('works on after a file that cannot be read', async () => {
    open();
    drop(new File([''], 'empty.csv'));
    await waitFor(() => expect(alert()).toContain('It is empty'));
    expect(use().disabled).toBe(true);
    drop(new File([table()], 'good.csv'));
    await status('20 rows of 3 columns.');
    expect(alert()).toBe('');
    expect(use().disabled).toBe(false);
  });

  it('finds the column anew where another decimal mark leaves fewer of them', async () => {
    open();
    paste(Array.from({ length: 20 }, (_, row) => `${row},${(row * row) % 7}`).join('\n'));
    await status('20 rows of 2 columns.');
    choose('Column', '1');
    await waitFor(() => expect(use().disabled).toBe(false));
    choose('Decimal mark', 'comma');
    await status('20 rows of 1 column.');
    expect(alert()).toBe('');
  });

  it('drops an answer that comes after the reader has moved on', async () => {
    const answers: (() => void)[] = [];
    const slow: ImportSeries = async (...call) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return realImport(...call);
    };
    open({ importSeries: slow });
    drop(new File([table(12)], 'first.csv'));
    drop(new File([table(15)], 'second.csv'));
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]!();
    await status('15 rows of 3 columns.');
    answers[0]!();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.getByRole('status').textContent).toBe('15 rows of 3 columns.');
  });

  it('closes without a series', () => {
    const { onChosen, onClose } = open();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onClose).toHaveBeenCalledOnce();
    expect(onChosen).not.toHaveBeenCalled();
  });
});
