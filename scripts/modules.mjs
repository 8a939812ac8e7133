/** The project's TypeScript and WGSL in Node, loaded as the page's build does. */
import { createServer } from 'vite';

/** Runs `work` with a function that loads a module by its path from the project's root. */
export async function withModules(work) {
  const server = await createServer({
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return await work((path) => server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}
