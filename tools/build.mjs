// npm run build [-- --allow-host URL]…
//
// Builds the page into dist/. A page reads models and data from its own folder and the Hugging Face Hub; every other host has to be named here.
import './nodeVersion.mjs';
import { parseArgs } from 'node:util';
import { ALLOW_HOST, allowHosts } from './allowedHosts.mjs';
import { root } from './install.mjs';

try {
  allowHosts(parseArgs({ options: ALLOW_HOST }).values['allow-host']);
} catch (error) {
  console.error(`build: ${error.message}${/^Unknown|^Unexpected/.test(error.message) ? '; the option is --allow-host URL (as in `npm run build -- --allow-host https://models.example.org`)' : ''}`);
  process.exit(2);
}

const { build } = await import('vite');
await build({ root });
