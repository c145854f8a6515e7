// Serves dist/ below /some/sub-path/ as a plain static host does: no rewriting, 404 for what is not there.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const PREFIX = '/some/sub-path/';
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.woff2': 'font/woff2', '.safetensors': 'application/octet-stream', '.txt': 'text/plain', '.md': 'text/markdown',
};
const folder = join(import.meta.dirname, '..', '..', 'dist');
const port = Number(process.argv[2] ?? 4187);  // the tests hand in a free one

if (!existsSync(join(folder, 'index.html'))) {
  console.error('serve: there is no dist/index.html; run `npm run build` first');
  process.exit(1);
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const inside = pathname.startsWith(PREFIX) ? decodeURIComponent(pathname.slice(PREFIX.length)) || 'index.html' : undefined;
  const file = inside === undefined ? undefined : normalize(join(folder, inside));
  if (!file || !file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' });
  createReadStream(file).pipe(response);
}).listen(port, 'localhost');
