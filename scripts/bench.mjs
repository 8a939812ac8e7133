/**
 * `npm run bench`: every way to train a recurrent network that runs here, side by side, in Node on Dawn and in headless
 * Chromium. Its options are in bench/main.ts.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumHost } from '../bench/chromium/host.mjs';
import { bundleForNode, bundlePage } from './bench-bundle.mjs';

const NODE = resolve('.cache/bench/node');
const PAGE = resolve('.cache/bench/page');

try {
  await bundleForNode(NODE, { bench: 'bench/main.ts', child: 'bench/node/child.ts' });
  await bundlePage(PAGE);
  const { main, nodeHost } = await import(pathToFileURL(`${NODE}/bench.mjs`).href);
  await main([nodeHost, chromiumHost(PAGE)], process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
