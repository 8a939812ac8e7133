/** What keeps the waveform pad at the screen's rate. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { PadLimits } from './WaveformPadEditing.ts';
import { easeLimits } from './WaveformPadGeometry.ts';

/** As much of a zustand store as is read here. */
export interface Watched<State> {
  getState(): State;
  subscribe(listener: () => void): () => void;
}

/**
 * A store's state, redrawn at most once a frame and within that frame: pointer events come just before a frame's
 * callbacks, so what a finger does is painted in the next picture.
 */
export function useEachFrame<State>(store: Watched<State>): State {
  const [state, setState] = useState(() => store.getState());
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      frame = 0;
      flushSync(() => setState(store.getState()));
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(draw);
    };
    schedule(); // for what changed between the first drawing and this effect
    const unsubscribe = store.subscribe(schedule);
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
    };
  }, [store]);
  return state;
}

/** Limits that glide to where they should be; at once where the reader wants no motion. */
export function useEasedLimits(target: PadLimits): PadLimits {
  const [shown, setShown] = useState(target);
  useEffect(() => {
    if (shown === target) return undefined;
    const began = performance.now();
    const frame = requestAnimationFrame((now) => {
      setShown(prefersStillness() ? target : easeLimits(shown, target, Math.max(8, now - began)));
    });
    return () => cancelAnimationFrame(frame);
  }, [shown, target]);
  return shown;
}

export function prefersStillness(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The width of an element in CSS pixels, 0 before it is laid out. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** In milliseconds. */
const CALM_INTERVAL = 300;

/** A value that changes many times a second, followed about three times a second; the last is never lost. */
export function useCalm<Value>(value: Value): Value {
  const [calm, setCalm] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    latest.current = value;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      setCalm(latest.current);
    }, CALM_INTERVAL);
  }, [value]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return calm;
}
