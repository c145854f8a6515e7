// The engine's TypeScript and WGSL for whoever runs it: served to a browser, loaded into this process, or bundled into one file.
import { build, createServer } from 'vite';
import { closeAtEnd } from '../command.mjs';
import { root } from '../install.mjs';

const options = { root, configFile: false, logLevel: 'error' };

async function open(server) {
  const made = await createServer({ ...options, ...server });
  closeAtEnd(() => made.close());
  return made;
}

/** Serves the repository to browsers of this machine. @returns {Promise<string>} its address, with a slash at the end */
export async function serveRepository() {
  const server = await open({ server: { port: 0, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true, include: ['valibot'] } });
  await server.listen();
  return server.resolvedUrls.local[0];
}

let loader;

/** Loads a module of the repository, as in `/src/…`, into this process. */
export async function loadModule(modulePath) {
  loader ??= open({ appType: 'custom', server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
  return (await loader).ssrLoadModule(modulePath);
}

/** Writes a module of the repository with all that it imports into one file of `folder`. @returns {Promise<string>} the file's name */
export async function bundleModule(modulePath, folder) {
  const output = { format: 'es', entryFileNames: 'bundle.mjs', codeSplitting: false };
  await build({ ...options, ssr: { noExternal: true }, build: { ssr: `${root}${modulePath}`, outDir: folder, minify: false, rolldownOptions: { output } } });
  return 'bundle.mjs';
}
