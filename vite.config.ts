import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { HUB_HOSTS } from './src/sources/policy';

/**
 * Everything comes from the page's own folder but models and data that somebody asks the Hub for, and nothing runs that is not a file there. Styles that scripts set on elements are no inline
 * styles to the policy. `blob:` images are pictures that the page draws for downloading.
 */
/** Origins besides the page's own and the Hub's that whoever builds or starts the page allows (`-- --allow-host URL`, tools/allowedHosts.mjs). */
const allowedHosts = JSON.parse(process.env.ALLOWED_HOSTS ?? '[]') as string[];

const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", `connect-src 'self' ${[...HUB_HOSTS, ...allowedHosts].join(' ')}`, "worker-src 'self'",
  "base-uri 'none'", "form-action 'none'",
].join('; ');

/** Puts the policy into the built page, before anything it governs. The developer's server runs inline scripts, so it goes without. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' }],
};

/** Lays the licences beside the built page: they ask to travel with every copy. */
const licences: Plugin = {
  name: 'licences',
  apply: 'build',
  generateBundle() {
    for (const fileName of ['LICENSE', 'THIRD_PARTY_NOTICES.md']) this.emitFile({ type: 'asset', fileName, source: readFileSync(join(import.meta.dirname, fileName)) });
  },
};

// `base: './'` keeps every address relative, so that the built folder works under any sub-path.
export default defineConfig({
  base: './',
  define: { __ALLOWED_HOSTS__: JSON.stringify(allowedHosts) },
  plugins: [react(), contentSecurityPolicy, licences],
  worker: { format: 'es' },
  // The gallery of states is a page of its own beside the playground.
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600, rolldownOptions: { input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'gallery.html')] } },
  // Named, because a package that the developer's server meets late (in the worker, in a lazy chart) makes it reload the page under a run.
  optimizeDeps: { include: ['react', 'react-dom/client', 'react/jsx-dev-runtime', 'recharts', 'zustand', 'valibot', 'oniguruma-to-es'] },
});
