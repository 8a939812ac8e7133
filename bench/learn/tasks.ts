/** Every task, in the order of the table. */
import { adding } from './adding.ts';
import { copy } from './copy.ts';
import { echo } from './echo.ts';
import { order } from './order.ts';
import { parity } from './parity.ts';
import type { Task } from './task.ts';

export const TASKS: readonly Task[] = [adding, ...echo, parity, copy, order];
