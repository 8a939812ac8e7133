/**
 * The memories that WebAssembly modules are given: jax-js makes one as it is loaded, and says nothing of its size. Loaded
 * before it.
 */
export const wasmHeaps: WebAssembly.Memory[] = [];

WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    wasmHeaps.push(this);
  }
};
