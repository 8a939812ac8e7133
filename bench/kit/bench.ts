/** The benchmark where there is Node and Dawn alone: see scripts/bench-kit.mjs. */
import { main } from '../main.ts';
import { nodeHost } from '../node/host.ts';
import { pythonHost } from '../python/host.ts';

try {
  await main([nodeHost, pythonHost()], process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
