/**
 * A function to be awaited in a long computation: whenever `milliseconds` have passed since it last did so, it lets
 * the thread's other tasks run, so that a pause or a drag comes in.
 */
export function breather(milliseconds = 10): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await nextTask();
    last = performance.now();
  };
}

/** A message comes after what is queued already, and without the 4 ms that browsers add to nested timers. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
