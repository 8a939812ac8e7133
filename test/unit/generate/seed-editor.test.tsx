// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PadLimits } from '../../../app/controls/WaveformPadEditing.ts';
import { padLayout, seedX, valueY } from '../../../app/controls/WaveformPadGeometry.ts';
import { Continuation } from '../../../app/controls/WaveformPadLayers.tsx';
import { SeedEditor } from '../../../app/controls/WaveformPadSeed.tsx';

const LAYOUT = padLayout(900, 272);
const LIMITS: PadLimits = [-10, 10];
const POINTS = 20;

let seed: Float32Array;

function Editor() {
  const [painted, paint] = useState(seed);
  const draw = (next: Float32Array) => {
    seed = next;
    paint(next);
  };
  return (
    <SeedEditor
      layout={LAYOUT}
      limits={LIMITS}
      drawable={LIMITS}
      seed={painted}
      latestSeed={() => seed}
      onDraw={draw}
      onDragging={() => undefined}
    />
  );
}

const pad = () => screen.getByRole('group', { name: 'Seed waveform' });

/** What a screen reader says of the chosen point. */
function spoken(): string | null {
  const id = pad().getAttribute('aria-activedescendant')!;
  return document.querySelector(`[id="${id}"]`)!.getAttribute('aria-valuetext');
}

/** A pointer event over a point of the seed and a value; happy-dom lays nothing out, so the pad's corner is at 0, 0. */
function pointer(type: string, point: number, value: number, pointerId = 1): PointerEvent {
  const event = new PointerEvent(type, {
    pointerId,
    button: 0,
    bubbles: true,
    clientX: seedX(LAYOUT, point, POINTS) - LAYOUT.seedLeft,
    clientY: valueY(LAYOUT, LIMITS, value) - LAYOUT.top,
  });
  Object.defineProperty(event, 'getCoalescedEvents', { value: () => [] });
  return event;
}

beforeEach(() => {
  seed = new Float32Array(POINTS);
  Object.assign(HTMLElement.prototype, { setPointerCapture: () => undefined });
});
afterEach(cleanup);

describe('the seed by keyboard', () => {
  it('is one tab stop, whose active descendant says point and value', () => {
    const { container } = render(<Editor />);
    expect(container.querySelectorAll('[tabindex], button, input')).toHaveLength(1);
    expect(pad().tabIndex).toBe(0);
    expect(spoken()).toBe('Point 1 of 20: 0');
  });

  it('chooses with Left and Right, moves with Up and Down', () => {
    render(<Editor />);
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown'])
      fireEvent.keyDown(pad(), { key });
    expect(spoken()).toBe('Point 3 of 20: −0.800');
    expect(seed[2]).toBeCloseTo(-0.8);
  });

  it('keeps the keys that it takes from the page, and no others', () => {
    render(<Editor />);
    expect(fireEvent.keyDown(pad(), { key: 'ArrowUp' })).toBe(false);
    expect(fireEvent.keyDown(pad(), { key: 'Tab' })).toBe(true);
    expect(fireEvent.keyDown(pad(), { key: 'ArrowUp', ctrlKey: true })).toBe(true);
  });
});

describe('the seed by pointer', () => {
  it('is drawn without a gap, and the point under the pointer is chosen', () => {
    render(<Editor />);
    fireEvent(pad(), pointer('pointerdown', 2, 2));
    fireEvent(pad(), pointer('pointermove', 8, 8));
    fireEvent(pad(), pointer('pointerup', 8, 8));
    for (let point = 2; point <= 8; point++) expect(seed[point]).toBeCloseTo(point, 4);
    expect(spoken()).toBe('Point 9 of 20: 8');
  });

  it('is left alone by a pointer that is up, and by a second finger', () => {
    render(<Editor />);
    fireEvent(pad(), pointer('pointermove', 5, 5));
    fireEvent(pad(), pointer('pointerdown', 2, 2));
    fireEvent(pad(), pointer('pointerdown', 12, 9, 2));
    fireEvent(pad(), pointer('pointermove', 13, 9, 2));
    fireEvent(pad(), pointer('pointerup', 2, 2));
    fireEvent(pad(), pointer('pointermove', 7, 7));
    const drawn = [...seed].flatMap((value, point) => (value === 0 ? [] : [point]));
    expect(drawn).toEqual([2]);
  });

  it('takes no value beyond what can be drawn', () => {
    render(<Editor />);
    fireEvent(pad(), pointer('pointerdown', 4, 40));
    expect(seed[4]).toBe(10);
  });
});

describe('the generated sequence', () => {
  const frame = { layout: LAYOUT, limits: LIMITS, steps: 300 };

  it('is a figure whose text lists its first twenty values to four digits', () => {
    const values = Float32Array.from({ length: 300 }, (_, n) => (n - 1) / 7);
    render(<Continuation {...frame} seed={new Float32Array(POINTS)} sequences={[values]} />);
    const text = screen.getByRole('figure', { name: 'Generated sequence' }).textContent;
    const numbers = text.match(/-?\d+(\.\d+)?/g)!;
    expect(numbers).toHaveLength(20);
    expect(numbers.slice(0, 3)).toEqual(['-0.1429', '0', '0.1429']);
  });

  it('says that there is nothing before there is', () => {
    render(<Continuation {...frame} seed={new Float32Array(POINTS)} sequences={[]} />);
    expect(screen.getByRole('figure').textContent).toBe('Nothing is generated yet.');
  });
});
