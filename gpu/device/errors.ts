/** What can go wrong with a device, each under a name that the page can explain. */

/** The browser has no WebGPU, or not on this page (it needs https or localhost). */
export class NoWebGpuError extends Error {
  override readonly name = 'NoWebGpuError';
  constructor() {
    super(
      'This browser offers no WebGPU here. It needs a browser with WebGPU, and a page served over https or localhost.',
    );
  }
}

/** WebGPU is there, but gives no adapter. */
export class NoAdapterError extends Error {
  override readonly name = 'NoAdapterError';
  constructor() {
    super(
      'WebGPU is present but offers no adapter: the driver may be blocked, or the graphics process may have crashed.',
    );
  }
}

/** The adapter cannot give a limit that the kernels need. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
  constructor(limit: string, wanted: number, offered: number) {
    super(`The adapter offers ${limit} = ${offered}, but ${wanted} is needed.`);
  }
}

/** The device went away; everything on it is gone. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
  constructor(reason: string) {
    super(`The GPU device was lost: ${reason}`);
  }
}

/** A configuration wants more memory than the device gives. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
  readonly wanted: number;
  constructor(wanted: number, what: string, advice: string) {
    super(`${what} wants ${wanted.toLocaleString('en')} bytes. ${advice}`);
    this.wanted = wanted;
  }
}
