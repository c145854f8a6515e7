// A folder of this machine for a page of this machine: plain files with byte ranges, as any host of models has them.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize, sep } from 'node:path';
import { closeAtEnd } from './command.mjs';

/** @param {string} folder @returns {Promise<string>} its address, without a slash at the end */
export async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const path = normalize(join(folder, decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
    const found = path.startsWith(normalize(folder) + sep) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'range', 'access-control-expose-headers': 'content-range, content-length, accept-ranges' };
    if (request.method === 'OPTIONS') return response.writeHead(204, open).end();
    if (!found?.isFile()) return response.writeHead(404, open).end();
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const [begin, end] = first === undefined ? [0, found.size - 1] : [Number(first), Math.min(last ? Number(last) : Infinity, found.size - 1)];
    if (begin > end && found.size > 0) return response.writeHead(416, { ...open, 'content-range': `bytes */${found.size}` }).end();
    const range = first === undefined ? {} : { 'content-range': `bytes ${begin}-${end}/${found.size}` };
    response.writeHead(first === undefined ? 200 : 206, { ...open, ...range, 'accept-ranges': 'bytes', 'content-length': String(found.size === 0 ? 0 : end - begin + 1), 'cache-control': 'no-store' });
    return found.size === 0 ? response.end() : createReadStream(path, { start: begin, end }).pipe(response);
  });
  await new Promise((listening) => { server.listen(0, 'localhost', listening); });
  closeAtEnd(() => server.close());
  return `http://localhost:${server.address().port}`;
}
