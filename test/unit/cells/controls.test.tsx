// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { WorkButton } from '../../../app/controls/Button.tsx';
import { NumberField } from '../../../app/controls/NumberField.tsx';
import { PlayBar } from '../../../app/controls/PlayBar.tsx';
import { Reading } from '../../../app/controls/Reading.tsx';
import { listScale, logScale } from '../../../app/controls/scale.ts';
import { Segmented } from '../../../app/controls/Segmented.tsx';
import { Slider } from '../../../app/controls/Slider.tsx';

afterEach(cleanup);

test('a slider moves while dragged and commits once, when let go', () => {
  const onMove = vi.fn<(value: number) => void>();
  const onCommit = vi.fn<(value: number) => void>();
  const scale = logScale(1e-3, 1, { perDecade: 10 });
  render(<Slider label="Learning rate" value={0.001} scale={scale} onMove={onMove} onCommit={onCommit} />);
  const slider = screen.getByRole<HTMLInputElement>('slider', { name: 'Learning rate' });
  expect(slider.value).toBe('0');
  expect(slider.getAttribute('aria-valuetext')).toBe('0.001');

  fireEvent.input(slider, { target: { value: '10' } });
  fireEvent.input(slider, { target: { value: '20' } });
  expect(onMove.mock.calls).toEqual([[0.01], [0.1]]);
  expect(slider.getAttribute('aria-valuetext')).toBe('0.1');
  expect(onCommit).not.toHaveBeenCalled();

  fireEvent(slider, new Event('change', { bubbles: true }));
  expect(onCommit.mock.calls).toEqual([[0.1]]);
});

test('a slider whose value waits for a reset says so', () => {
  render(<Slider label="Neurons" value={10} scale={listScale([1, 10, 100])} stale />);
  expect(screen.getByRole('slider').getAttribute('aria-valuetext')).toBe('10, waits for Reset');
});

test('a number field takes a number on Enter, and says what is allowed instead of taking another', () => {
  const onCommit = vi.fn<(value: number) => void>();
  render(<NumberField label="Seed" value={42} min={0} max={100} whole onCommit={onCommit} />);
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Seed' });
  for (const bad of ['1.5', '-1', '101', 'x', ' ']) {
    fireEvent.change(field, { target: { value: bad } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(screen.getByRole('alert').textContent).toBe('A whole number from 0 to 100.');
    expect(field.getAttribute('aria-invalid')).toBe('true');
  }
  expect(onCommit).not.toHaveBeenCalled();
  fireEvent.change(field, { target: { value: '7' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(onCommit.mock.calls).toEqual([[7]]);
  expect(screen.queryByRole('alert')).toBeNull();
});

test('Escape gives a number field its value back', () => {
  render(<NumberField label="Seed" value={42} min={0} max={100} onCommit={() => undefined} />);
  const field = screen.getByRole<HTMLInputElement>('textbox');
  fireEvent.change(field, { target: { value: 'x' } });
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(field.value).toBe('42');
});

test('one button is Play, then Pause', () => {
  const played = vi.fn<() => void>();
  const paused = vi.fn<() => void>();
  const others = {
    onPlay: played,
    onPause: paused,
    onStep: () => undefined,
    onReset: () => undefined,
  };
  const { rerender } = render(<PlayBar playing={false} {...others} />);
  const button = screen.getByRole('button', { name: 'Play' });
  fireEvent.click(button);
  rerender(<PlayBar playing {...others} />);
  expect(screen.getByRole('button', { name: 'Pause' })).toBe(button);
  fireEvent.click(button);
  expect([played.mock.calls.length, paused.mock.calls.length]).toEqual([1, 1]);
  expect(screen.queryByRole('button', { name: 'Play' })).toBeNull();

  rerender(<PlayBar playing {...others} wait="Pausing…" />);
  expect(screen.getByRole('button', { name: 'Pausing…' })).toBe(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(button);
  expect([played.mock.calls.length, paused.mock.calls.length]).toEqual([1, 1]);
});

test('a button for what takes a while says so at once, and takes no second press', async () => {
  let done: (() => void) | undefined;
  const onPress = vi.fn<() => Promise<void>>(() => new Promise((resolve) => (done = resolve)));
  render(
    <WorkButton busyText="Saving…" onPress={onPress}>
      Save the run
    </WorkButton>,
  );
  const button = screen.getByRole('button', { name: 'Save the run' });
  fireEvent.click(button);
  expect(screen.getByRole('button', { name: 'Saving…' })).toBe(button);
  fireEvent.click(button);
  expect(onPress).toHaveBeenCalledOnce();
  done!();
  await waitFor(() => expect(screen.getByRole('button', { name: 'Save the run' })).toBe(button));
});

test('a reading is a silent output under its name', () => {
  render(<Reading label="Training loss" value={null} />);
  const reading = screen.getByRole('status', { name: 'Training loss' });
  expect(reading.tagName).toBe('OUTPUT');
  expect(reading.getAttribute('aria-live')).toBe('off');
  expect(reading.textContent).toBe('–');
});

test('a segmented choice is a group of radio buttons', () => {
  const onChange = vi.fn<(value: string) => void>();
  const choices = [
    { value: 'zeros', label: 'Zeros' },
    { value: 'hand', label: 'Your hand' },
  ];
  render(<Segmented label="Seed" value="zeros" choices={choices} onChange={onChange} />);
  expect(screen.getByRole('group', { name: 'Seed' })).toBeDefined();
  fireEvent.click(screen.getByRole('radio', { name: 'Your hand' }));
  expect(onChange).toHaveBeenCalledWith('hand');
});
