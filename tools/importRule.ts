/** The one-direction rule over the folders of src, as functions over file texts, so that the rule can be tested with made-up files. */

/** A source file: its path below src, with forward slashes, and its text. */
export interface Source { path: string; text: string }

/** Folders that both sides of the worker boundary speak. */
const LANGUAGE = ['config', 'protocol', 'random'];

/** What the engine proper is made of, from the ground up. */
const MODEL_AND_BELOW = ['model', 'kernels', 'graph', 'gpu'];

/** What a run is fed from and scored with, and what is made of a trained model. */
const AROUND_THE_MODEL = ['data', 'tables', 'sources', 'metrics', 'adapters', 'generation'];

/**
 * What each folder (or file directly in src) may import; its own folder always. Read it as the arrows of docs/architecture: a folder that
 * is missing here may import nothing and be imported by nobody, so a new folder has to be placed. Some have their place before their first file.
 */
export const MAY_IMPORT: Record<string, readonly string[]> = {
  config: ['random', 'protocol'],
  protocol: ['config', 'random'],
  random: ['config'],
  // For page, workers and Node alike.
  storage: [],
  sources: ['storage', ...LANGUAGE],
  metrics: [],
  studies: ['metrics', ...LANGUAGE],
  tables: ['sources', ...LANGUAGE],
  // A table is also read for what it is in tokens.
  data: ['tables', 'sources', ...LANGUAGE],
  'tables.worker': ['data', 'tables', 'sources', ...LANGUAGE],
  gpu: [],
  graph: ['gpu'],
  kernels: ['graph', 'gpu', ...LANGUAGE],
  model: ['kernels', 'graph', 'gpu', ...LANGUAGE],
  adapters: ['model', 'sources', ...LANGUAGE],
  generation: [...MODEL_AND_BELOW, 'data', ...LANGUAGE],
  train: ['storage', ...AROUND_THE_MODEL, ...MODEL_AND_BELOW, ...LANGUAGE],
  'engine.worker': ['train', 'storage', ...AROUND_THE_MODEL, ...MODEL_AND_BELOW, ...LANGUAGE],
  // Never in the page: the engine under Node, the command-line runner of reference cases, and the slow referee the tests compare with.
  headless: ['studies', 'storage', 'train', ...AROUND_THE_MODEL, ...MODEL_AND_BELOW, ...LANGUAGE],
  parity: ['train', 'sources', 'adapters', 'generation', ...MODEL_AND_BELOW, ...LANGUAGE],
  reference: ['model', 'kernels', ...LANGUAGE],
  store: ['storage', 'sources', 'studies', ...LANGUAGE],
  ui: ['store', ...LANGUAGE],
  main: ['ui', 'store', ...LANGUAGE],
  // The page of states.
  gallery: ['ui', 'store', ...LANGUAGE],
};

const SHARED = ['storage', 'sources', 'metrics', 'studies'];
const ENGINE = ['gpu', 'kernels', 'graph', 'model', 'train', 'data', 'tables', 'adapters', 'generation', 'random', 'reference', 'engine.worker', 'tables.worker', ...SHARED];
const PAGE = ['ui', 'store', 'main', 'gallery'];
const PAGE_PACKAGES = /^(react|react-dom|recharts|zustand)(\/|$)/;

/** The one file that may name each worker's file: it spawns it. */
const SPAWNERS: Readonly<Record<string, string>> = { 'engine.worker': 'store/engineClient.ts', 'tables.worker': 'store/tablesClient.ts' };

/** Files that only tests use; they may look everywhere, and nothing else may look at them. */
const TEST_SUPPORT = /(^|\/)testing\/|^fixtures\/|^kernels\/check(\.ts)?$/;
export const isTest = (path: string): boolean => /\.test(\.tsx?)?$/.test(path) || TEST_SUPPORT.test(path);

/** First part of a path below src without its ending: `ui/kit/Card.tsx` → `ui`, `engine.worker.ts` → `engine.worker`. */
export const folderOf = (path: string): string => path.split('/')[0].replace(/\.tsx?$/, '');

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

/** Everything a file imports: static, dynamic, re-exported, and files it names by `new URL(…, import.meta.url)`. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const patterns = [
    /\b(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\bimport\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"`]([^'"`]+)['"`]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, specifier]) => specifier));
}

/** Path below the root of `from` that a relative import leads to; undefined when it leaves that root (shaders, styles of packages). */
export function resolve(from: string, specifier: string): string | undefined {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Each breach of the rule in `source`, as a sentence. Tests may look everywhere. */
export function breachesOf({ path, text }: Source): string[] {
  if (isTest(path)) return [];
  const folder = folderOf(path);
  const allowed = MAY_IMPORT[folder];
  if (!allowed) return [`${path}: ${folder} has no place in the import rule; give it one in tools/importRule.ts`];
  const breaches: string[] = [];
  for (const specifier of importsOf(text)) {
    if (!specifier.startsWith('.')) {
      if (ENGINE.includes(folder) && PAGE_PACKAGES.test(specifier)) breaches.push(`${path}: imports ${specifier}; the engine knows no page`);
      continue;
    }
    const target = resolve(path, specifier);
    if (target === undefined) continue;
    const to = folderOf(target);
    const spawns = SPAWNERS[to] === path;
    if (isTest(target)) breaches.push(`${path}: imports ${specifier}, which is there for tests`);
    else if (to !== folder && !allowed.includes(to) && !spawns) breaches.push(`${path}: imports ${specifier}; ${folder} may import ${allowed.join(', ') || 'nothing else'}`);
  }
  const code = withoutComments(text);
  if (ENGINE.includes(folder) && /(?<![.\w'"`-])(document|window)\s*(\.|\?\.|\[)/.test(code)) breaches.push(`${path}: uses document or window; the engine runs where there is none`);
  if (PAGE.includes(folder) && /\bnavigator\s*\??\.\s*gpu\b/.test(code)) breaches.push(`${path}: uses navigator.gpu; only the engine talks to the GPU`);
  return breaches;
}

const LINES = 300;
const COMPONENT_LINES = 200;

/** A file that has outgrown a reader's patience, as a sentence. `exceptions` maps a path to the reason why it may. */
export function sizeProblemOf({ path, text }: Source, exceptions: Readonly<Record<string, string>> = {}): string | undefined {
  if (path in exceptions) return undefined;
  const lines = text.trimEnd().split('\n').length;
  const limit = path.endsWith('.tsx') && !isTest(path) ? COMPONENT_LINES : LINES;
  return lines > limit ? `${path}: ${lines} lines, the limit is ${limit}; split it` : undefined;
}
