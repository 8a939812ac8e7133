/** A device that goes away while it is asked for something: browsers then reject with errors of any kind. */
import { DeviceLostError } from './errors.ts';

/**
 * Milliseconds within which a device that is gone says so. What is refused for any other reason is told only after them,
 * and the choice of kernels (`training/tune.ts`), which has a second for all, may well be refused some.
 */
const PATIENCE = 50;

/** What the device answers. @throws DeviceLostError where it is lost; what it was rejected with where it is not. */
export async function unlessLost<T>(device: Pick<GPUDevice, 'lost'>, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const later = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE, undefined));
    const lost = await Promise.race([device.lost, later]);
    throw lost ? new DeviceLostError(lost.message || lost.reason) : error;
  }
}
