/** The dedicated worker of the page: everything that computes runs here. */
import { expose } from 'comlink';
import { openReferenceEngine } from '../../gpu/index.ts';
import { carryErrorFields } from './errors.ts';
import { WorkerRuntime } from './runtime.ts';

carryErrorFields();
expose(
  new WorkerRuntime(async () => ({
    engine: openReferenceEngine(),
    notice: 'The reference engine runs, on the processor.',
  })),
);
