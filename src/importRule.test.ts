import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf } from '../tools/importCircles';
import { breachesOf, importsOf, sizeProblemOf, type Source } from '../tools/importRule';

const root = join(import.meta.dirname, '..');

function sources(folder: string, ending: RegExp): Source[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((path) => ending.test(path) && !path.includes('node_modules/'))
    .map((path) => ({ path, text: readFileSync(join(root, folder, path), 'utf8') }));
}

/** Files that may be longer, each with its reason. */
const LONGER: Record<string, string> = {};

describe('the tree', () => {
  it('imports in one direction only', () => {
    expect(sources('src', /\.tsx?$/).flatMap(breachesOf)).toEqual([]);
  });

  it('has no circle of imports', () => {
    const files = ['src', 'tools', 'bench', 'e2e'].flatMap((folder) => sources(folder, /\.(tsx?|mjs)$/).map((file) => ({ ...file, path: `${folder}/${file.path}` })));
    expect(circlesOf(files)).toEqual([]);
  });

  it('has no file that is too long to read', () => {
    const files = [
      ...sources('src', /\.(tsx?|css)$/),
      ...['shaders', 'bench', 'tools', 'e2e'].flatMap((folder) => sources(folder, /\.(tsx?|mjs|wgsl|py)$/).map((file) => ({ ...file, path: `${folder}/${file.path}` }))),
    ];
    expect(files.map((file) => sizeProblemOf(file, LONGER)).filter(Boolean)).toEqual([]);
  });
});

describe('the rule', () => {
  const breaches = (path: string, text: string) => breachesOf({ path, text });

  it('finds every form of import', () => {
    const text = `import a from './a';\nimport './b';\nimport type { C } from "./c";\nexport { d } from './d';\nexport * from './e';\nconst f = () => import('./f');
import {\n  g,\n} from './g';\nnew Worker(new URL('./h.ts', import.meta.url));\n// import x from './no';\n/* import './neither' */`;
    expect(importsOf(text).sort()).toEqual(['./a', './b', './c', './d', './e', './f', './g', './h.ts']);
  });

  it.each([
    ['ui/Panel.tsx', "import { Trainer } from '../train/trainer';"],
    ['ui/Panel.tsx', "import { sentiment } from '../data/tasks';"],
    ['store/runs.ts', "import { Card } from '../ui/kit/Card';"],
    ['store/runs.ts', "const { f } = await import('../model/plans');"],
    ['store/runs.ts', "new Worker(new URL('../engine.worker.ts', import.meta.url))"],
    ['gpu/device.ts', "import type { Plan } from '../graph/compile';"],
    ['graph/compile.ts', "import { emitAdd } from '../kernels/add';"],
    ['kernels/add.ts', "export { planTraining } from '../model/plans';"],
    ['model/plans.ts', "import { Trainer } from '../train/trainer';"],
    ['config/config.ts', "import { TASKS } from '../data/tasks';"],
    ['data/batches.ts', "import { Trainer } from '../train/trainer';"],
    ['train/trainer.ts', "import { create } from 'zustand';"],
    ['train/trainer.ts', "import { useState } from 'react';"],
    ['train/trainer.ts', "import { forward } from '../reference/train';"],
    ['model/plans.ts', 'document.title = name;'],
    ['kernels/add.ts', 'const ratio = window.devicePixelRatio;'],
    ['ui/Panel.tsx', 'if (!navigator.gpu) return null;'],
    ['store/runs.ts', 'const gpu = navigator?.gpu;'],
    ['kernels/add.ts', "import { checkOp } from './testing/check';"],
    ['somewhere/new.ts', ''],
    ['storage/quota.ts', "import type { RunConfig } from '../config/config';"],
    ['sources/hub.ts', "import { readRows } from '../tables/rows';"],
    ['sources/hub.ts', 'if (document.hidden) return;'],
    ['tables/roles.ts', "import { Tokenizer } from '../data/tokenizer';"],
    ['tables.worker.ts', "import { Trainer } from './train/trainer';"],
    ['metrics/pearson.ts', "import type { Scores } from '../protocol/scores';"],
    ['studies/statistics.ts', "import { Run } from '../train/run';"],
    ['studies/statistics.ts', "import { create } from 'zustand';"],
    ['adapters/merge.ts', "import { encode } from '../data/tokenizer';"],
    ['generation/beams.ts', "import { Trainer } from '../train/trainer';"],
    ['model/plans.ts', "import { sample } from '../generation/sampling';"],
    ['train/engine.ts', "import { median } from '../studies/statistics';"],
    ['store/runs.ts', "import { readRows } from '../tables/rows';"],
    ['store/runs.ts', "new Worker(new URL('../tables.worker.ts', import.meta.url))"],
    ['ui/sheets/Storage.tsx', "import { quota } from '../../storage/quota';"],
  ])('refuses in %s: %s', (path, text) => {
    expect(breaches(path, text)).toHaveLength(1);
  });

  it.each([
    ['ui/Panel.tsx', "import { useRuns } from '../store/runs';\nimport { DEFAULT_CONFIG } from '../config/config';"],
    ['store/engineClient.ts', "new Worker(new URL('../engine.worker.ts', import.meta.url))"],
    ['store/tablesClient.ts', "new Worker(new URL('../tables.worker.ts', import.meta.url))"],
    ['store/library.ts', "import { quota } from '../storage/quota';\nimport { sizesOf } from '../sources/hub';\nimport type { Study } from '../studies/study';"],
    ['sources/hub.ts', "import { readFile } from '../storage/files';\nimport type { SourceReference } from '../config/sources';"],
    ['tables.worker.ts', "import { readRows } from './tables/rows';\nimport { open } from './sources/open';"],
    ['data/ownTask.ts', "import type { Row } from '../tables/rows';"],
    ['generation/sampling.ts', "import { planEvaluation } from '../model/plans';\nimport { Tokenizer } from '../data/tokenizer';"],
    ['train/engine.ts', "import { sample } from '../generation/sampling';\nimport { writePeft } from '../adapters/peft';\nimport { pearson } from '../metrics/pearson';"],
    ['headless/study.ts', "import { median } from '../studies/statistics';\nimport { readFile } from '../storage/files';\nimport { Trainer } from '../train/trainer';"],
    ['engine.worker.ts', "import { Session } from './train/session';"],
    ['kernels/add.ts', "import code from '../../shaders/add.wgsl?raw';\nimport type { Op } from '../graph/tape';"],
    ['kernels/add.ts', "// the window of a convolution, document.title\nthrow new Error('window. of time');"],
    ['kernels/add.test.ts', "import { forward } from '../reference/train';"],
    ['main.tsx', "import { createRoot } from 'react-dom/client';\nimport { App } from './ui/App';"],
  ])('allows in %s: %s', (path, text) => {
    expect(breaches(path, text)).toEqual([]);
  });

  it('measures length, more strictly for components, with named exceptions', () => {
    const lines = (count: number) => 'x\n'.repeat(count);
    expect(sizeProblemOf({ path: 'model/plans.ts', text: lines(300) })).toBeUndefined();
    expect(sizeProblemOf({ path: 'model/plans.ts', text: lines(301) })).toContain('301 lines');
    expect(sizeProblemOf({ path: 'ui/Panel.tsx', text: lines(201) })).toContain('the limit is 200');
    expect(sizeProblemOf({ path: 'model/plans.ts', text: lines(301) }, { 'model/plans.ts': 'a table' })).toBeUndefined();
  });
});

describe('the rule about circles', () => {
  const files = (texts: Record<string, string>): Source[] => Object.entries(texts).map(([path, text]) => ({ path, text }));

  it.each<[string, Record<string, string>, string]>([
    ['two files', { 'src/a.ts': "import { b } from './b';", 'src/b.ts': "import { a } from './a';" }, 'src/a.ts → src/b.ts → src/a.ts'],
    ['types', { 'src/a.ts': "import type { B } from './b';", 'src/b.ts': "import { type A } from './a';" }, 'src/a.ts → src/b.ts → src/a.ts'],
    ['an index and a component', { 'src/ui/App.tsx': "import { Card } from './kit';", 'src/ui/kit/index.ts': "export * from './Card';", 'src/ui/kit/Card.tsx': "import { App } from '../App';" }, 'src/ui/App.tsx → src/ui/kit/index.ts → src/ui/kit/Card.tsx → src/ui/App.tsx'],
    ['an import on demand, from a command', { 'tools/a.mjs': "const b = await import('../src/b.ts');", 'src/b.ts': "export { a } from '../tools/a.mjs';" }, 'tools/a.mjs → src/b.ts → tools/a.mjs'],
    ['itself', { 'src/a.ts': "import { a } from './a';" }, 'src/a.ts → src/a.ts'],
  ])('finds one through %s', (_, texts, circle) => {
    expect(circlesOf(files(texts))).toEqual([expect.stringContaining(`${circle}: a circle of imports`)]);
  });

  it('names the shortest circle of a knot, and each knot once', () => {
    const knots = { 'a.ts': "import './b';", 'b.ts': "import './c';\nimport './a';", 'c.ts': "import './a';", 'd.ts': "import './a';\nimport './e';", 'e.ts': "import './d';" };
    expect(circlesOf(files(knots)).map((sentence) => sentence.split(':')[0])).toEqual(['a.ts → b.ts → a.ts', 'd.ts → e.ts → d.ts']);
  });

  it('lets two ways lead to one file', () => {
    expect(circlesOf(files({ 'a.ts': "import './b';\nimport './c';", 'b.ts': "import './d';", 'c.ts': "import './d';\n// import './a';", 'd.ts': "import '../shaders/d.wgsl?raw';\nimport 'react';" }))).toEqual([]);
  });
});
