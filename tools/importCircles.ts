/** Circles of imports, as a function over file texts, so that the rule can be tested with made-up files. */
import { importsOf, resolve, type Source } from './importRule';

/** What a specifier may leave out. */
const ENDINGS = ['', '.ts', '.tsx', '/index.ts'];

/**
 * Each knot of files that import one another, as a sentence with the shortest circle in it. Imports of types count: whoever reads one
 * file of a circle has to read them all.
 */
export function circlesOf(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  const graph = new Map(sources.map(({ path, text }) => [path, targetsOf(path, text, paths)]));
  const told = new Set<string>();
  const circles: string[] = [];
  for (const path of paths) {
    if (told.has(path)) continue;
    const circle = shortestCircle(path, graph);
    if (!circle) continue;
    // Whatever is reached from here and leads back is the same knot.
    for (const other of reached(path, graph)) if (reached(other, graph).has(path)) told.add(other);
    circles.push(`${circle.join(' → ')}: a circle of imports; what both sides need belongs into a file below both`);
  }
  return circles;
}

function targetsOf(path: string, text: string, paths: ReadonlySet<string>): string[] {
  return importsOf(text).filter((specifier) => specifier.startsWith('.')).flatMap((specifier) => {
    const target = resolve(path, specifier);
    const found = ENDINGS.map((ending) => `${target}${ending}`).find((candidate) => paths.has(candidate));
    return found === undefined ? [] : [found];
  });
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Every file that `path` imports, directly or not. */
function reached(path: string, graph: Graph): Set<string> {
  const found = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const target of graph.get(next)!) {
      if (found.has(target)) continue;
      found.add(target);
      open.push(target);
    }
  }
  return found;
}

/** The shortest way from `path` back to it, both ends included; undefined where there is none. */
function shortestCircle(path: string, graph: Graph): string[] | undefined {
  const seen = new Set<string>();
  const ways = [[path]];
  for (const way of ways) {
    for (const target of graph.get(way[way.length - 1])!) {
      if (target === path) return [...way, path];
      if (seen.has(target)) continue;
      seen.add(target);
      ways.push([...way, target]);
    }
  }
  return undefined;
}
