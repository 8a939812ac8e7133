/**
 * While anything is under way Dawn asks after it in every turn of Node's event loop, which takes a core from the software
 * adapter that computes it. With this, as tests and benchmarks on such an adapter import it, it asks for EAGER_TURNS, and
 * then once a millisecond.
 */
export const EAGER_TURNS = 50;

const soon = globalThis.setImmediate;
let turns = 0;
let isAsking = false;

function ask(callback: () => void): void {
  isAsking = true;
  try {
    callback();
  } finally {
    isAsking = false;
  }
}

/** What is asked for from within an answer is the next question of a wait, all else the first of one. */
function soonThenSeldom(callback: () => void): NodeJS.Immediate | NodeJS.Timeout {
  turns = isAsking ? turns + 1 : 0;
  return turns < EAGER_TURNS ? soon(ask, callback) : setTimeout(ask, 1, callback);
}

// Evaluated once for each file of tests, of which a process runs many.
if (soon.name !== soonThenSeldom.name) Object.assign(globalThis, { setImmediate: soonThenSeldom });
