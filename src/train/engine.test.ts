/** Faults that the engine reports of itself, on devices that do not work. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { defineFlags, fakeGpu, type FakeOptions } from '../gpu/testing/fakeDevice';
import { diskSource } from '../sources/disk';
import type { FromEngine } from '../protocol/messages';
import { Engine } from './engine';

beforeAll(defineFlags);

function open(options: FakeOptions) {
  const events: FromEngine[] = [];
  const engine = new Engine((event) => events.push(event), { gpu: fakeGpu(options).entry, secure: true, open: async (name) => diskSource(fileURLToPath(new URL(`../../public/models/${name}`, import.meta.url))) });
  const prepare = () => engine.handle({ type: 'prepare', config: DEFAULT_CONFIG });
  return { events, prepare, types: () => [...new Set(events.map(({ type }) => type))] };
}

describe('a kernel that does not compile', () => {
  it('is a fault of its own when the self-test meets it, and there is no engine', async () => {
    const { events, prepare } = open({ refuse: (text) => (text.includes('// matmul') ? 'no such thing' : undefined) });
    await prepare();
    expect(events).toEqual([{ type: 'fault', runId: undefined, fault: { code: 'compiler_refused', kernel: 'matmul tiles', words: expect.stringMatching(/^2:7 no such thing\n/) } }]);
  });

  it('is the same fault when only a plan needs it', async () => {
    const { events, prepare, types } = open({ architecture: 'swiftshader', refuse: (text) => (text.includes('// attention_weights') ? 'no such thing' : undefined) });
    await prepare();
    expect(types()).toEqual(['ready', 'planned', 'compiling', 'fault']);
    expect(events.filter(({ type }) => type === 'fault')).toEqual([{ type: 'fault', runId: undefined, fault: { code: 'compiler_refused', kernel: expect.stringMatching(/^attention_weights (for|back)ward$/), words: expect.stringMatching(/^2:7 no such thing\n/) } }]);
  });

  it('is none when it is about subgroups, which nobody needs', async () => {
    const { prepare, types } = open({ refuse: (text) => (text.startsWith('enable subgroups') ? 'no such thing' : undefined) });
    await prepare();
    expect(types()).toEqual(['ready', 'planned', 'compiling']);
  });

  it('is none when it is a tile among others that autotune tries, but is one when all of them are refused', async () => {
    const tile = (text: string) => /const WX: u32 = (\d+)u;/.exec(text)?.[1];
    const some = open({ refuse: (text) => (tile(text) === '16' ? 'no such thing' : undefined) });
    await some.prepare();
    expect(some.types()).toEqual(['ready', 'planned', 'compiling']);
    const none = open({ silent: true, refuse: (text, entry) => (entry === 'registers' || text.includes('const B_BY_K: bool = true;') ? 'no such thing' : undefined) });
    await none.prepare();
    expect(none.events.find(({ type }) => type === 'fault')).toMatchObject({ fault: { code: 'compiler_refused', words: 'no such thing' } });
  });

  it('is another fault than a wrong number', async () => {
    const { events, prepare } = open({ spoil: (text) => text.includes('// matmul') });
    await prepare();
    expect(events).toMatchObject([{ type: 'fault', fault: { code: 'self_test_failed', detail: expect.stringMatching(/^a product in tiles came out as/) } }]);
  });
});
