/**
 * While anything is under way Dawn asks after it in every turn of Node's event loop, which takes a core from the software
 * adapter that computes it. `waitSeldom` has it ask so for a few turns, and then once a millisecond.
 */
import { promisify } from 'node:util';

/** Turns of the event loop in which a wait asks at once: what is quick is then heard of without delay. */
export const EAGER_TURNS = 50;

type Immediate = typeof globalThis.setImmediate;

/** Dawn asks by a native function that can be constructed, as no `resolve` of a promise and no bound function can. */
export function isDawns(callback: unknown): callback is () => void {
  return (
    typeof callback === 'function' &&
    Object.hasOwn(callback, 'prototype') &&
    Function.prototype.toString.call(callback).endsWith('{ [native code] }')
  );
}

/** A `setImmediate` that makes Dawn's calls wait, and hands on all others as they are. */
export function seldom(immediate: Immediate): Immediate {
  let turns = 0;
  let isAsking = false;
  const ask = (question: () => void): void => {
    isAsking = true;
    try {
      question();
    } finally {
      isAsking = false;
    }
  };
  const setSeldom = (callback: (...values: unknown[]) => void, ...values: unknown[]): unknown => {
    if (!isDawns(callback)) return immediate(callback, ...values);
    // What is asked for from within an answer is the next question of a wait, all else the first of one.
    turns = isAsking ? turns + 1 : 0;
    return turns < EAGER_TURNS ? immediate(ask, callback) : setTimeout(ask, 1, callback);
  };
  const promised: unknown = Reflect.get(immediate, promisify.custom);
  return Object.assign(setSeldom, { [promisify.custom]: promised }) as unknown as Immediate;
}

/** Once for a process, however many files of tests call it: they share the global but not this module. */
export function waitSeldom(): void {
  if (globalThis.setImmediate.name !== 'setSeldom') globalThis.setImmediate = seldom(globalThis.setImmediate);
}
