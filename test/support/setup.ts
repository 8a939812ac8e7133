/** What each file of kernel tests begins with: Dawn, which leaves the cores to the kernels. */
import './dawn.ts';
import { waitSeldom } from './waiting.ts';

waitSeldom();
