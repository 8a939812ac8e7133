/** The dedicated worker of the page: everything that computes runs here. */
import { expose } from 'comlink';
import { openEngine } from '../../gpu/index.ts';
import { carryErrorFields } from './errors.ts';
import { WorkerRuntime } from './runtime.ts';

carryErrorFields();
expose(new WorkerRuntime(openEngine));
