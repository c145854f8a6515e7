/** An adapter as the start of a run: the settings that describe it, where the engine's own can. */
import type { RunConfig } from '../config/config';
import { isLora, type Target, TARGETS } from '../config/peft';
import { architectureOf } from '../model/architectures';
import type { HeldCheckpoint } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import { parameterSpecs } from '../model/parameters';
import type { Adapted } from './apply';
import { type AdapterConfig, CONFIG_FILE } from './config';
import { WEIGHTS_FILE } from './files';

export type StartSettings = Partial<Pick<RunConfig['model'], 'peft' | 'rank' | 'alpha' | 'targets' | 'fromLayer' | 'virtualTokens' | 'bottleneck'>>;

/**
 * What can be told before a value of the base is read.
 * @throws LoadError for an adapter that changes what a run does not train
 */
export function refuseChangedBase(config: AdapterConfig): void {
  if (config.kind !== 'lora') return;
  const change = config.pissa !== undefined ? 'takes the leading singular vectors out of the base (PiSSA); save it converted to plain LoRA' : config.trainableTokens ? 'brings rows of the embedding, which a run here does not train; merge it into its base in Python' : undefined;
  if (change) throw new LoadError(CONFIG_FILE, `${change}, and train from there`);
}

/**
 * @param base as it was before the adapter
 * @param config undefined for the file of a method that peft lacks
 * @throws LoadError where a run could not have this adapter: something in it is not trained here, or its branches differ from layer to layer
 */
export function startSettings({ checkpoint, trained }: Adapted, base: HeldCheckpoint, config?: AdapterConfig): StartSettings {
  const own = new Set(parameterSpecs(checkpoint.config, trained).map(({ of }) => of));
  const changed = [...checkpoint.tensors].filter(([name, { values }]) => !own.has(name) && base.tensors.get(name)?.values !== values).map(([name]) => name);
  if (changed.length > 0) throw new LoadError(WEIGHTS_FILE, `it changes ${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''} of the base, which a run here does not train, so that it would not be in what the run writes; merge it into its base in Python, and train from there`);
  const { peft, virtualTokens, bottleneck, fromLayer, branches } = trained;
  if (peft === 'prompt' || peft === 'prefix') return { peft, virtualTokens };
  if (!isLora(peft)) return peft === 'adapter' ? { peft, bottleneck, fromLayer } : { peft };
  return { peft: config?.kind === 'lora' && config.rankStabilised ? 'rslora' : peft, ...uniform(checkpoint, branches!, config?.kind === 'lora' && config.rankStabilised) };
}

/** Rank, α, targets and first layer of branches that are the same wherever they are. */
function uniform({ config }: HeldCheckpoint, branches: NonNullable<Adapted['trained']['branches']>, stabilised: boolean | undefined): StartSettings {
  const refuse = (what: string) => new LoadError(WEIGHTS_FILE, `${what}, and a run here has one rank, one α and the same targets in every layer from one on; evaluate it, or train an adapter without such patterns`);
  const [first, ...others] = branches.values();
  if (!first) throw refuse('it has no branch in a layer that is trained here');
  if (others.some(({ rank, scale }) => rank !== first.rank || scale !== first.scale)) throw refuse('its ranks or scales differ from module to module');
  const { targets: modules } = architectureOf(config);
  const at = (target: Target) => Array.from({ length: config.layers }, (_, layer) => layer).filter((layer) => branches.has(modules[target]?.module(layer) ?? ''));
  const targets = TARGETS.filter((target) => at(target).length > 0);
  const fromLayer = Math.min(...targets.flatMap(at));
  if (targets.some((target) => at(target).length !== config.layers - fromLayer)) throw refuse('its branches are not in the same layers');
  return { rank: first.rank, alpha: Number((first.scale * (stabilised ? Math.sqrt(first.rank) : first.rank)).toPrecision(12)), targets, fromLayer };
}
