/** Looking at models of the Hub, fetching and keeping them, and every sentence for what cannot be had; the Hub is a stand-in on this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import type { ModelCommand, ModelEvent } from '../protocol/modelMessages';
import { ModelPlaces } from '../sources/places';
import { policyOf } from '../sources/policy';
import { COMMIT, CONVERTED, standInForTests } from '../sources/testing/library';
import { TOKEN, type HubStandIn } from '../sources/testing/standIn';
import { Shelves } from '../storage/shelves';
import { memoryDirectory } from '../storage/testing/memory';
import { Library } from './library';
import { ModelDesk } from './modelDesk';

const folder = fileURLToPath(new URL('../../public/models/nano-encoder/', import.meta.url));
const files = Object.fromEntries(readdirSync(folder).map((name) => [name, { bytes: readFileSync(folder + name), lfs: name === 'model.safetensors' }]));
const { 'model.safetensors': weights, ...small } = files;

const MAIN = 'hub:org/name@main';
const PINNED = `hub:org/name@${COMMIT}`;
const standIn = standInForTests();
let hub: HubStandIn;

beforeEach(() => {
  hub = standIn();
  hub.repositories.set('org/name', { commit: COMMIT, licence: 'mit', files });
});

/** A desk with its own shelves, unless it is given some; answers what each command brought. */
function deskOn(shelves = new Shelves(memoryDirectory().directory)) {
  const events: ModelEvent[] = [];
  const places = new ModelPlaces({ builtIn: new URL('http://localhost/models/'), shelves: Promise.resolve(shelves), allowed: policyOf('http://localhost', [hub.endpoint, hub.cdnEndpoint]), endpoint: hub.endpoint });
  const desk = new ModelDesk((event) => events.push(event), new Library((source, options) => places.open(source, options)), places, () => Promise.resolve());
  return async (command: Exclude<ModelCommand, { type: 'estimate' }>) => {
    events.length = 0;
    await desk.handle(command);
    return [...events];
  };
}

const refusalOf = (events: ModelEvent[]) => events.flatMap((event) => ('refusal' in event ? [event.refusal] : []))[0];

it('describes without weights, fetches them with progress, and asks nobody for what is kept', async () => {
  const shelves = new Shelves(memoryDirectory().directory);
  const tell = deskOn(shelves);
  const [found] = await tell({ type: 'describe', source: MAIN });
  expect(found).toMatchObject({ type: 'described', asked: MAIN, toFetch: weights.bytes.length, facts: { source: PINNED, name: 'org/name', architecture: 'RoBERTa', licence: 'mit', weightBytes: weights.bytes.length } });
  // Of the weights only the header was asked for, by its range.
  expect(hub.log.filter(({ host }) => host === 'cdn').map(({ range }) => range)).toEqual(['bytes=0-65535']);
  const fetched = await tell({ type: 'fetch', source: PINNED });
  expect(fetched.at(-1)).toEqual({ type: 'fetched', source: PINNED });
  expect(fetched.filter(({ type }) => type === 'fetching').at(-1)).toMatchObject({ bytes: weights.bytes.length, of: weights.bytes.length });
  expect(await tell({ type: 'list_kept' })).toMatchObject([{ type: 'kept', models: [{ source: PINNED, complete: true }] }]);
  // Another visit.
  hub.log.length = 0;
  expect(await deskOn(shelves)({ type: 'describe', source: PINNED })).toMatchObject([{ type: 'described', toFetch: 0 }]);
  expect(hub.log).toEqual([]);
  expect(await tell({ type: 'forget', source: PINNED })).toMatchObject([{ models: [] }]);
  expect(await tell({ type: 'describe', source: PINNED })).toMatchObject([{ type: 'described', toFetch: weights.bytes.length }]);
});

it('stops when it is told to, keeps what has come, and goes on from there', async () => {
  const shelves = new Shelves(memoryDirectory().directory);
  const tell = deskOn(shelves);
  await tell({ type: 'describe', source: MAIN });
  const half = Math.floor(weights.bytes.length / 2);
  hub.faults = [({ host, range }, response, file) => {
    if (host !== 'cdn' || range !== undefined) return false;
    response.writeHead(200, { 'Content-Length': file!.length });
    response.write(file!.subarray(0, half));
    setTimeout(() => void tell({ type: 'stop_fetching' }), 100);
    return true;
  }];
  const events = await tell({ type: 'fetch', source: PINNED });
  expect(refusalOf(events)).toMatchObject({ code: 'stopped' });
  expect(events.at(-1)).toMatchObject({ type: 'described', toFetch: weights.bytes.length - half });
  hub.faults = [];
  hub.log.length = 0;
  expect((await tell({ type: 'fetch', source: PINNED })).at(-1)).toMatchObject({ type: 'fetched' });
  expect(hub.log.filter(({ host }) => host === 'cdn').map(({ range }) => range)).toEqual([`bytes=${half}-`]);
});

it('looks for the conversion of a repository of pickles, and pins it', async () => {
  hub.repositories.set('org/name', { commit: COMMIT, files: { ...small, 'pytorch_model.bin': { bytes: Buffer.from('PK') } }, requests: { 3: { commit: CONVERTED, files: { 'model.safetensors': weights } } } });
  const tell = deskOn();
  expect(refusalOf(await tell({ type: 'describe', source: MAIN }))).toMatchObject({ code: 'pickle_only', file: 'pytorch_model.bin', conversion: `hub:org/name@${CONVERTED}` });
  expect(await tell({ type: 'describe', source: `hub:org/name@${CONVERTED}` })).toMatchObject([{ type: 'described', facts: { source: `hub:org/name@${CONVERTED}` } }]);
});

it('takes a token for a gated model, which goes to the Hub alone', async () => {
  hub.repositories.set('org/name', { commit: COMMIT, files, gated: 'manual' });
  const tell = deskOn();
  expect(refusalOf(await tell({ type: 'describe', source: MAIN }))).toMatchObject({ code: 'gated', detail: expect.stringContaining('accept its terms at') });
  await tell({ type: 'authorise', token: TOKEN });
  expect(await tell({ type: 'describe', source: MAIN })).toMatchObject([{ type: 'described' }]);
  expect((await tell({ type: 'fetch', source: PINNED })).at(-1)).toMatchObject({ type: 'fetched' });
  expect(hub.log.filter(({ host, authorization }) => host === 'cdn' && authorization !== undefined)).toEqual([]);
});

it('refuses weights whose bytes were changed on the way, and what is outside the policy before it is asked', async () => {
  const tell = deskOn();
  await tell({ type: 'describe', source: MAIN });
  hub.faults = [({ host, range }, response, file) => {
    if (host !== 'cdn' || range !== undefined) return false;
    const spoilt = Buffer.from(file!);
    spoilt[spoilt.length - 1] ^= 1;
    response.writeHead(200, { 'Content-Length': spoilt.length }).end(spoilt);
    return true;
  }];
  expect(refusalOf(await tell({ type: 'fetch', source: PINNED }))).toMatchObject({ code: 'damaged', file: 'model.safetensors', detail: expect.stringContaining('its checksum is') });
  expect(refusalOf(await tell({ type: 'describe', source: 'https://models.example.org/tiny' }))).toMatchObject({ code: 'outside_policy', detail: expect.stringContaining('npm start -- --allow-host https://models.example.org') });
  expect(refusalOf(await tell({ type: 'describe', source: 'local:folder#0123456789abcdef' }))).toMatchObject({ code: 'no_file', detail: expect.stringContaining('drop that folder on the page to go on') });
});
