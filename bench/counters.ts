/** What a peer does with the GPU, counted from outside by standing in for a few of WebGPU's methods. */

/** Bytes of buffers that are alive, and the most there were at once, on every device made after the call. */
export function countBufferBytes(): { most: () => number } {
  let alive = 0;
  let most = 0;
  if (globalThis.GPUDevice === undefined) return { most: () => most };
  const sizes = new WeakMap<GPUBuffer, number>();
  replace(
    GPUDevice.prototype,
    'createBuffer',
    (original) =>
      function createBuffer(descriptor) {
        const buffer = original.call(this, descriptor);
        sizes.set(buffer, buffer.size);
        alive += buffer.size;
        most = Math.max(most, alive);
        return buffer;
      },
  );
  replace(
    GPUBuffer.prototype,
    'destroy',
    (original) =>
      function destroy() {
        alive -= sizes.get(this) ?? 0;
        sizes.delete(this);
        return original.call(this);
      },
  );
  return { most: () => most };
}

/** Dispatches that are encoded while `work` runs; the methods are as they were afterwards. */
export async function countDispatches(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  if (globalThis.GPUComputePassEncoder === undefined) return count;
  const passes = GPUComputePassEncoder.prototype;
  const restore = [
    replace(
      passes,
      'dispatchWorkgroups',
      (original) =>
        function dispatchWorkgroups(...groups) {
          count += 1;
          return original.apply(this, groups);
        },
    ),
    replace(
      passes,
      'dispatchWorkgroupsIndirect',
      (original) =>
        function indirect(...from) {
          count += 1;
          return original.apply(this, from);
        },
    ),
  ];
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}

type Method<Owner, Name extends keyof Owner> = Owner[Name] extends (...args: infer Args) => infer Result
  ? (this: Owner, ...args: Args) => Result
  : never;

/** Puts another method in a prototype's place; returns what puts the first one back. */
function replace<Owner extends object, Name extends keyof Owner>(
  prototype: Owner,
  name: Name,
  by: (original: Method<Owner, Name>) => Method<Owner, Name>,
): () => void {
  const original = prototype[name] as Method<Owner, Name>;
  prototype[name] = by(original) as Owner[Name];
  return () => {
    prototype[name] = original as Owner[Name];
  };
}
