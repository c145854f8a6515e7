// node tools/checkBuild.mjs [FOLDER]
//
// Checks the built page: how much JavaScript loads before anything is seen, that every address is relative, and that no other origin is named.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { gzipSync } from 'node:zlib';
import { root } from './install.mjs';

const LIMIT = 250_000; // bytes, gzipped
const folder = (process.argv[2] ?? join(root, 'dist')).replaceAll('\\', '/');
const problems = [];

const attribute = (tag, name) => new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1];

/** Scripts that the page loads at once: its own, and those it asks to be fetched ahead. */
function scriptsOf(html) {
  const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => attribute(tag, 'src'));
  const preloads = [...html.matchAll(/<link\b[^>]*>/g)].filter(([tag]) => attribute(tag, 'rel') === 'modulepreload').map(([tag]) => attribute(tag, 'href'));
  return [...scripts, ...preloads].filter((address) => address !== undefined);
}

/** What a module imports statically; a dynamic import has a parenthesis where these have a quote. */
const staticImports = (code) => [...code.matchAll(/(?:\bimport|\bfrom)\s*["'](\.{1,2}\/[^"']+)["']/g)].map(([, path]) => path);

/** Adds `file` and everything it imports statically. */
function collect(file, found) {
  if (found.has(file)) return;
  const code = readFileSync(join(folder, file), 'utf8');
  found.set(file, gzipSync(code).length);
  for (const path of staticImports(code)) collect(normalize(join(dirname(file), path)), found);
}

/** Addresses of other origins that a browser would load by itself. A link that a person clicks is none, nor is an XML namespace. */
function foreignAddresses(text) {
  return [
    ...text.matchAll(/(?:\bsrc|<link\b[^>]*\bhref)\s*=\s*["']((?:https?:)?\/\/[^"']+)/g),
    ...text.matchAll(/\b(?:fetch|import|importScripts|Worker|EventSource|WebSocket)\(\s*["'`]((?:https?:|wss?:)?\/\/[^"'`]+)/g),
    ...text.matchAll(/(?:url\(\s*["']?|@import\s+["'])((?:https?:)?\/\/[^"')]+)/g),
  ].map(([, address]) => address);
}

function checkAddresses(html) {
  for (const [, address] of html.matchAll(/\b(?:src|href)\s*=\s*["']([^"']*)["']/g)) {
    if (address.startsWith('/')) problems.push(`index.html: ${address} starts at the root; write it relative, so that the page works under any sub-path`);
  }
  for (const file of readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll('\\', '/'))) {
    if (!/\.(html|js|css)$/.test(file)) continue;
    for (const address of foreignAddresses(readFileSync(join(folder, file), 'utf8'))) problems.push(`${file}: loads ${address}; serve it from the page's own folder`);
  }
}

if (!existsSync(join(folder, 'index.html'))) {
  problems.push('there is no dist/index.html; run `npm run build` first');
} else {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  checkAddresses(html);
  const found = new Map();
  for (const address of scriptsOf(html)) if (!/^(https?:)?\/\//.test(address)) collect(normalize(address), found);
  const bytes = [...found.values()].reduce((sum, size) => sum + size, 0);
  for (const [file, size] of found) console.log(`${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`);
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  initial JavaScript, gzipped; the limit is ${LIMIT / 1000} kB`);
  if (found.size === 0) problems.push('index.html loads no script');
  if (bytes > LIMIT) problems.push(`initial JavaScript is ${(bytes / 1000).toFixed(1)} kB gzipped, the limit is ${LIMIT / 1000} kB; load what is not needed for the first picture with import()`);
}
for (const problem of problems) console.error(`build: ${problem}`);
process.exitCode = problems.length ? 1 : 0;
