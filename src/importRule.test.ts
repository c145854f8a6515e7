import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  ])('refuses in %s: %s', (path, text) => {
    expect(breaches(path, text)).toHaveLength(1);
  });

  it.each([
    ['ui/Panel.tsx', "import { useRuns } from '../store/runs';\nimport { DEFAULT_CONFIG } from '../config/config';"],
    ['store/engineClient.ts', "new Worker(new URL('../engine.worker.ts', import.meta.url))"],
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
