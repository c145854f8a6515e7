/** What goes wrong between a host and here: rows 4 to 8 of the list that describes a stand-in, and the sentence that a person reads. */
import { beforeEach, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import type { Places } from './open';
import { config, onCdn, once, onConfig, onInfo, openFrom, refusal, repository, weights, whole, standInForTests } from './testing/library';
import type { Fault, HubStandIn } from './testing/standIn';

let hub: HubStandIn;
const standIn = standInForTests();
beforeEach(() => { hub = standIn(); });

const open = (id?: string, revision?: string, more: Partial<Places> = {}) => openFrom(hub, id, revision, more);

describe('4: hosts that do not answer pages', () => {
  it('names the host where nothing comes', async () => {
    hub.faults = [(_, response) => { response.destroy(); return true; }];
    expect(await refusal(open())).toEqual({ code: 'offline', sentence: expect.stringMatching(/could not be fetched from 127\.0\.0\.1:\d+ .*check the connection/) });
  });
});

describe('5: ranges', () => {
  it.each<[string, Fault, number]>([
    ['cut at a byte', (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 30_000)); setTimeout(() => response.destroy(), 20); return true; }, 1],
    ['206 with zero bytes', (_, response, file) => { response.writeHead(206, { 'Content-Range': `bytes 0-${file!.length - 1}/${file!.length}`, 'Content-Length': 0 }).end(); return true; }, 1],
    ['fewer bytes than announced', (_, response, file) => { response.writeHead(200).end(file!.subarray(0, 500)); return true; }, 1],
  ])('goes on after %s', async (_, fault, times) => {
    hub.faults = [once(onCdn, fault, times)];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('reads on from the right byte where a server ignores ranges', async () => {
    let requests = 0;
    hub.faults = [(request, response, file) => {
      if (request.host !== 'cdn') return false;
      requests++;
      response.writeHead(200, { 'Content-Length': file!.length });
      if (requests > 1) response.end(file);
      else { response.write(file!.subarray(0, 30_000)); setTimeout(() => response.destroy(), 20); }
      return true;
    }];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    expect(requests).toBe(2);
  });

  it('refuses bytes from another place of the file, and a file of another length', async () => {
    const cut: Fault = (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 1000)); setTimeout(() => response.destroy(), 20); return true; };
    hub.faults = [once(onCdn, cut), once(onCdn, (_, response, file) => { response.writeHead(206, { 'Content-Range': `bytes 0-9/${file!.length}` }).end(file!.subarray(0, 10)); return true; })];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'damaged', sentence: expect.stringMatching(/bytes from 0 on came where those from \d+ on were asked/) });
    hub.faults = [once(onCdn, cut), once(onCdn, ({ range }, response, file) => { response.writeHead(206, { 'Content-Range': `${range!.replace('=', ' ')}${file!.length}/${file!.length + 1}` }).end(file); return true; })];
    expect((await refusal(whole(await open(), 'model.safetensors'))).sentence).toMatch(/was replaced meanwhile/);
  });

  it.each([['with', true], ['without', false]])('takes 416 %s Content-Range behind the last byte as the end', async (_, told) => {
    hub.faults = [once(onCdn, (__, response, file) => { response.writeHead(416, told ? { 'Content-Range': `bytes */${file!.length}` } : {}).end(); return true; }, 9)];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toMatchObject({ code: 'damaged' });
  });
});

describe('6: lengths that lie', () => {
  it.each([['no length', {}], ['the compressed length', { length: true }]])('reads compressed JSON with %s', async (_, options: { length?: boolean }) => {
    const zipped = gzipSync(config);
    hub.faults = [once((url) => onConfig(url) && url.includes('cached'), (__, response) => { response.writeHead(200, { 'Content-Encoding': 'gzip', ETag: 'W/"x"', ...(options.length ? { 'Content-Length': zipped.length } : {}) }).end(zipped); return true; })];
    expect(Buffer.from(await (await open()).read('config.json'))).toEqual(config);
  });
});

describe('7: broken transfers', () => {
  it('gives up on silence in a sentence, and goes on after one', async () => {
    const stall: Fault = (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 1000)); return true; };
    hub.faults = [once(onCdn, stall)];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    hub.faults = [once(onCdn, (_, response) => { response.writeHead(200); response.flushHeaders(); return true; }, 9)];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'offline', sentence: expect.stringContaining('nothing came for 0.3 s') });
  });

  it.each([500, 502, 503, 504, 429])('tries again after %i', async (status) => {
    hub.faults = [once(onInfo, (_, response) => { response.writeHead(status).end('trouble'); return true; })];
    expect((await open()).name).toBe('org/name');
  });

  it('asks for a fresh address where a signed one has expired', async () => {
    let cuts = 0;
    hub.faults = [once(onCdn, (_, response, file) => {
      cuts++;
      hub.expire();
      response.writeHead(200, { 'Content-Length': file!.length });
      response.write(file!.subarray(0, 1000));
      setTimeout(() => response.destroy(), 20);
      return true;
    })];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    expect(cuts).toBe(1);
    // A transfer never returns to the signed address it had; each try goes through the Hub.
    expect(hub.log.filter(({ host, url }) => host === 'hub' && url.includes('/resolve/'))).toHaveLength(2);
  });

  it('survives a slow drip and a reset connection', async () => {
    hub.faults = [once(onCdn, (_, response) => { response.socket!.resetAndDestroy(); return true; }), once(onCdn, (_, response, file) => {
      response.writeHead(206, { 'Content-Range': `bytes 0-${file!.length - 1}/${file!.length}`, 'Content-Length': file!.length });
      let at = 0;
      const drip = () => {
        response.write(file!.subarray(at, at + 7000));
        at += 7000;
        if (at < file!.length) setTimeout(drip, 10);
        else response.end();
      };
      drip();
      return true;
    })];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
  });
});

describe('8: what is not the file', () => {
  it('finds a flipped byte', async () => {
    hub.faults = [once(onCdn, (_, response, file) => { const bytes = Buffer.from(file!); bytes[500] ^= 1; response.writeHead(200).end(bytes); return true; })];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'damaged', sentence: expect.stringMatching(/model\.safetensors: its checksum is [0-9a-f]{12}… instead of [0-9a-f]{12}…/) });
  });

  it('finds changed bytes in a small file too', async () => {
    const other = Buffer.from(config);
    other[20] ^= 1;
    hub.faults = [once((url) => url.includes('cached'), (_, response) => { response.writeHead(200).end(other); return true; })];
    expect(await refusal((await open()).read('config.json'))).toMatchObject({ code: 'damaged' });
  });

  it('knows git’s pointer from the file', async () => {
    hub.repositories.set('org/name', repository({ files: { 'tokenizer.json': { bytes: Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`) } } }));
    expect((await refusal((await open()).read('tokenizer.json'))).sentence).toContain('only git’s pointer');
  });

  it.each([['description', onInfo, () => open()], ['configuration', onConfig, async () => (await open()).read('config.json')], ['weights', onCdn, async () => whole(await open(), 'model.safetensors')]] as const)('refuses a page for the %s', async (_, which, act) => {
    hub.faults = [once(which, (__, response) => { response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>please log in</html>'); return true; })];
    expect(await refusal(act())).toEqual({ code: 'not_the_file', sentence: expect.stringContaining('answered with a page instead of the file') });
  });

  it.each([['cut', '{"sha": "'], ['a list', '[]'], ['without a commit', '{"sha":"main","siblings":[]}']])('refuses a description that is %s', async (_, text) => {
    hub.faults = [once(onInfo, (__, response) => { response.writeHead(200, { 'Content-Type': 'application/json' }).end(text); return true; })];
    expect(await refusal(open())).toMatchObject({ code: 'not_the_file' });
  });

  it('reads no endless description', async () => {
    hub.faults = [once(onInfo, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = () => { if (!response.destroyed && response.write(Buffer.alloc(2 ** 22, 32))) setImmediate(more); else response.once('drain', more); };
      more();
      return true;
    })];
    expect(await refusal(open(undefined, undefined, { patience: { tries: 1, pause: 1, silence: 30_000 } }))).toMatchObject({ code: 'too_large' });
  });
});
