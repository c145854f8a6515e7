/** One operation = one shader + one host module + one test, all of one name. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const namesOf = (path: string, ending: string) => readdirSync(folder(path)).filter((file) => file.endsWith(ending)).map((file) => basename(file, ending)).sort();

/** Modules that may stand beside the operations: what a mask site, a matrix product and a stored weight are, what a GPU computes together, the harness of the tests. */
const SUPPORT = ['check', 'fusion', 'product', 'quantised', 'site', 'weightFormats'];

const shaders = namesOf('../shaders', '.wgsl');
const modules = namesOf('kernels', '.ts').filter((name) => !name.endsWith('.test'));
const tests = namesOf('kernels', '.test.ts');

describe('registry of operations', () => {
  it('has a host module for every shader, and no other', () => {
    expect(modules.filter((name) => !SUPPORT.includes(name))).toEqual(shaders);
  });

  it('has a test for every shader, and no other', () => {
    expect(tests).toEqual(shaders);
  });

  it.each(shaders)('%s: the module loads its own shader, the test its own module', (name) => {
    expect(readFileSync(folder(`kernels/${name}.ts`), 'utf8')).toContain(`/shaders/${name}.wgsl?raw`);
    expect(readFileSync(folder(`kernels/${name}.test.ts`), 'utf8')).toContain(`from './${name}'`);
  });

  it.each(shaders)('%s.wgsl opens with name and equation, shapes, threads and its backward pass', (name) => {
    const text = readFileSync(folder(`../shaders/${name}.wgsl`), 'utf8');
    const header = text.slice(0, text.search(/^(?!\/\/)/m));
    expect(header).toMatch(new RegExp(`^// ${name} — \\S`));
    expect(header).toMatch(/^\/\/ shapes +\S/m);
    // A matrix product has two mappings, one a profile.
    expect(header).toMatch(/^\/\/ (threads|software|gpu) +\S/m);
    expect(header).toMatch(/^\/\/ backward +\S/m);
  });

  it.each(namesOf('../shaders/lib', '.wgsl'))('lib/%s.wgsl says what it is, and some module uses it', (name) => {
    expect(readFileSync(folder(`../shaders/lib/${name}.wgsl`), 'utf8')).toMatch(/^\/\/ \w+ .*— \S|^\/\/ \w+ — \S/);
    const users = [...modules.map((module) => `kernels/${module}.ts`), 'gpu/moduleText.ts'].filter((path) => readFileSync(folder(path), 'utf8').includes(`/shaders/lib/${name}.wgsl?raw`));
    expect(users).not.toEqual([]);
  });
});
