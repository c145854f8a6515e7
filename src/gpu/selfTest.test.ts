import { beforeAll, describe, expect, it } from 'vitest';
import { CompilerRefusal } from './compilerRefusal';
import { acquireDevice } from './device';
import { Pipelines } from './pipelines';
import { selfTest } from './selfTest';
import { defineFlags, fakeGpu, type FakeOptions } from './testing/fakeDevice';

beforeAll(defineFlags);

const shuffles = (text: string) => text.startsWith('enable subgroups;');
const tree = (text: string) => text.includes('reduce (tree form)');
const product = (text: string) => text.includes('// matmul');

async function test(options: FakeOptions = {}) {
  const fake = fakeGpu(options);
  const gpu = await acquireDevice(fake.entry);
  const outcome = await selfTest(gpu, new Pipelines(gpu)).catch((error: unknown) => error);
  return { outcome, gpu, ...fake };
}

describe('the self-test', () => {
  it('tries the reduction with subgroups and a product in tiles on a GPU, a product of four lanes or in registers on a software adapter', async () => {
    const { outcome, gpu, compiled } = await test();
    expect(outcome).toBeUndefined();
    expect(gpu.subgroupSize).toBe(16);
    expect(compiled.map((text) => text.split('\n')[0]).sort()).toEqual(['forward', 'tiles']);
    const software = await test({ architecture: 'swiftshader' });
    expect(software.outcome).toBeUndefined();
    expect(software.compiled.map((text) => text.split('\n')[0]).sort()).toEqual(['forward', 'quads']);
    expect(software.gpu.subgroupSize).toBe(16);
    const plain = await test({ architecture: 'swiftshader', subgroups: false });
    expect(plain.outcome).toBeUndefined();
    expect(plain.compiled.map((text) => text.split('\n')[0]).sort()).toEqual(['forward', 'registers']);
  });

  it('goes on without subgroups where they compute wrong sums', async () => {
    const { outcome, gpu } = await test({ spoil: shuffles });
    expect(outcome).toBeUndefined();
    expect(gpu.subgroupSize).toBe(0);
  });

  it.each<[string, FakeOptions]>([
    ['multiply wrongly', { spoil: (_, entry) => entry === 'quads' }],
    ['do not compile', { refuse: (text) => (text.includes('fn quads') ? 'no extension subgroups' : undefined) }],
    ['make no pipeline', { silent: true, refuse: (_, entry) => (entry === 'quads' ? 'no extension subgroups' : undefined) }],
  ])('multiplies in registers where four lanes %s, and lets no error escape', async (_, options) => {
    const { outcome, gpu, compiled, uncaptured } = await test({ architecture: 'swiftshader', ...options });
    expect(outcome).toBeUndefined();
    expect(gpu.subgroupSize).toBe(0);
    expect(compiled.some((text) => text.startsWith('registers'))).toBe(true);
    expect(uncaptured).toEqual([]);
  });

  it.each([false, true])('goes on without subgroups where they do not compile, and lets no error escape (silent: %s)', async (silent) => {
    const { outcome, gpu, uncaptured, compiled } = await test({ silent, refuse: (text) => (shuffles(text) ? 'no extension subgroups' : undefined) });
    expect(outcome).toBeUndefined();
    expect(gpu.subgroupSize).toBe(0);
    expect(compiled.some(tree)).toBe(true);
    expect(uncaptured).toEqual([]);
  });

  it('says which numbers are wrong', async () => {
    expect((await test({ spoil: (text) => shuffles(text) || tree(text) })).outcome).toMatch(/^the sum of a column with 64 lanes came out as -?\d+ instead of -?\d+$/);
    expect((await test({ spoil: product })).outcome).toMatch(/^a product in tiles came out as /);
    expect((await test({ spoil: product, architecture: 'swiftshader' })).outcome).toMatch(/^a product in registers came out as /);
  });

  it('says that a kernel does not compile, with the line and the words of the compiler, and nothing of wrong numbers', async () => {
    const { outcome, uncaptured } = await test({ refuse: (text) => (product(text) ? 'cannot use this as the size of an array' : undefined) });
    expect(outcome).toBeInstanceOf(CompilerRefusal);
    const { kernel, words } = outcome as CompilerRefusal;
    expect(kernel).toBe('matmul tiles');
    expect(words).toMatch(/^2:7 cannot use this as the size of an array\n\/\//);
    expect(words).not.toContain('unused');
    expect(uncaptured).toEqual([]);
  });

  it('says the words of a driver that speaks of no line', async () => {
    const { outcome } = await test({ silent: true, refuse: (text) => (product(text) ? 'internal error: 17' : undefined) });
    expect(outcome).toMatchObject({ kernel: 'matmul tiles', words: 'internal error: 17', message: 'the shader compiler refused matmul tiles (internal error: 17)' });
  });
});
