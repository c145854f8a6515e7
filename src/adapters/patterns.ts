/** Which modules an adapter's configuration names, by the rules of peft 0.21 (`check_target_module_exists`, `get_pattern_key`). */
import { LoadError } from '../model/files/loadError';
import { CONFIG_FILE, type LoraConfig, type Names } from './config';

/** A regular expression of Python's as one of JavaScript's. @throws LoadError */
function expression(field: string, pattern: string, around: (text: string) => string): RegExp {
  try {
    return new RegExp(around(pattern.replace(/\(\?P</g, '(?<').replace(/\\Z/g, '$').replace(/\\A/g, '^')));
  } catch {
    throw new LoadError(CONFIG_FILE, `${field} is no regular expression that can be read here ("${pattern.slice(0, 80)}"); write the modules as a list of names`);
  }
}

const matchesWhole = (field: string, pattern: string, module: string) => expression(field, pattern, (text) => `^(?:${text})$`).test(module);

const endsIn = (names: readonly string[], module: string) => names.some((name) => module === name || module.endsWith(`.${name}`));

const isNamed = (field: string, names: Names, module: string) => (typeof names === 'string' ? matchesWhole(field, names, module) : endsIn(names, module));

/** Number of the layer that a module belongs to, as `layers_to_transform` counts. */
function layerOf(module: string, patterns: readonly string[] | undefined): number | undefined {
  const found = patterns
    ? patterns.map((pattern) => expression('layers_pattern', pattern, (text) => `^(?:|.*?\\.)(?:${text})\\.(?<layerIndex>\\d+)\\.`).exec(module)).find(Boolean)
    : /^.*?\.[^.]*\.(?<layerIndex>\d+)\./.exec(module);
  return found ? Number(found.groups!.layerIndex) : undefined;
}

/** Whether a module is trained whole: its name ends in one of the names, as `classifier` does in `pre_classifier`. */
export const isSavedWhole = ({ modulesToSave }: Pick<LoraConfig, 'modulesToSave'>, module: string): boolean => modulesToSave.some((name) => module.endsWith(name));

/**
 * The modules that get a low-rank branch.
 * @param linear names of the model's linear layers, without the head that `all-linear` leaves out
 * @param others names of further modules that a name may mean: embeddings, and the head
 */
export function targetedModules(config: LoraConfig, linear: readonly string[], others: readonly string[]): string[] {
  const { targets, excluded, modulesToSave, layers, layersPattern } = config;
  const all = typeof targets === 'string' && targets.toLowerCase() === 'all-linear';
  return [...linear, ...(all ? [] : others)].filter((module) => {
    if (excluded !== undefined && excluded.length > 0 && isNamed('exclude_modules', excluded, module)) return false;
    if (modulesToSave.some((name) => expression('modules_to_save', name, (text) => `^(?:|.*\\.)(?:${text})(?:$|\\..*)`).test(module))) return false;
    if (all) return true;
    if (!isNamed('target_modules', targets, module)) return false;
    // An expression says itself which layers it means, and so does a full name.
    if (typeof targets === 'string' || targets.includes(module) || !layers) return true;
    const layer = layerOf(module, layersPattern);
    return layer !== undefined && layers.includes(layer);
  });
}

/** The value of the first pattern that a module's name ends in. */
function patterned(field: string, patterns: Readonly<Record<string, number>>, module: string, otherwise: number): number {
  const key = Object.keys(patterns).find((pattern) => expression(field, pattern, (text) => `^(?:.*\\.)?(?:${text})$`).test(module));
  return key === undefined ? otherwise : patterns[key];
}

/** Rank of a module's branch, and what it is multiplied by: α/r, or α/√r where it is rank-stabilised. */
export function branchOf(config: LoraConfig, module: string): { rank: number; scale: number } {
  const rank = patterned('rank_pattern', config.rankPattern, module, config.rank);
  const alpha = patterned('alpha_pattern', config.alphaPattern, module, config.alpha);
  return { rank, scale: config.rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank };
}
