/** The adapter that a run begins with. */
import { openOnto } from '../adapters/open';
import { CONFIG_FILE } from '../adapters/config';
import { refuseChangedBase, type StartSettings, startSettings } from '../adapters/goOn';
import type { RunConfig } from '../config/config';
import { sameValue } from '../config/diff';
import { PEFT_TITLES } from '../config/peft';
import { shortName } from '../config/sources';
import type { Checkpoint, HeldCheckpoint } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import type { Problem } from '../model/modelConfig';
import type { Source } from '../sources/source';
import type { headFor } from './head';

export interface Start {
  /** As a person calls it. */
  name: string;
  /** What the configuration says of it. */
  settings: StartSettings;
  /** Trained tensors by their saved name; what the adapter leaves to the base is not among them. */
  values: ReadonlyMap<string, Float32Array>;
  /** What a person should know, as sentences. */
  notes: readonly string[];
}

type Head = ReturnType<typeof headFor>;

/** A base of which only the shapes are known. An adapter that a run can begin with changes no value of it, and whether one is another can still be told. */
const outline = ({ config, tensors }: Checkpoint): HeldCheckpoint => ({ config, tensors: new Map([...tensors].map(([name, { shape }]) => [name, { shape: [...shape], values: new Float32Array() }])) });

const named = ({ problem, labels }: { problem: Problem; labels: number }) => (problem === 'classification' ? `${labels} classes` : problem === 'regression' ? 'a score' : 'text to be written');

const lastPart = (id: string) => id.split('/').pop()!.toLowerCase();

/**
 * Reads the adapter at `folder` onto a base, whose weights stay where they are.
 * @param head what the data ask
 * @throws LoadError with all that does not fit, and for an adapter that a run here cannot have
 */
export async function readStart(folder: Source, base: { source: Source; checkpoint: Checkpoint }, head: Head): Promise<Start> {
  const { reference } = base.source;
  const name = shortName(folder.reference);
  const stored = outline(base.checkpoint);
  const { adapted, config } = await openOnto(stored, folder, refuseChangedBase);
  if (config?.base !== undefined && reference.kind === 'hub' && /^[\w.-]+(\/[\w.-]+)?$/.test(config.base) && lastPart(config.base) !== lastPart(reference.id)) {
    throw new LoadError(CONFIG_FILE, `says that its base is ${config.base}, and the model is ${reference.id}; choose that model, or, where both are the same weights, take base_model_name_or_path out of the file`);
  }
  const { problem, labels } = adapted.checkpoint.config;
  if (problem !== head.problem || (problem === 'classification' && labels !== head.labels)) throw new LoadError(name, `is for ${named({ problem, labels })}, and the data are ${named(head)}; choose other data`);
  return { name, settings: startSettings(adapted, stored, config), values: new Map([...adapted.values].filter(([, values]) => values.length > 0)), notes: adapted.notes };
}

/** The method's settings as the run is to have them: LoRA+ is LoRA with another rate for B. */
export const settingsOnto = ({ settings }: Start, { model }: RunConfig): StartSettings => ({ ...settings, ...(settings.peft === 'lora' && model.peft === 'loraplus' && { peft: 'loraplus' as const }) });

/** What of a configuration is not as its adapter has it, as a sentence; undefined where all is. */
export function startProblem(start: Start, config: RunConfig): string | undefined {
  const apart = Object.entries(settingsOnto(start, config)).filter(([field, value]) => !sameValue(value, config.model[field as keyof RunConfig['model']]));
  if (apart.length === 0) return undefined;
  const shown = (value: unknown) => (Array.isArray(value) ? value.join(' ') : PEFT_TITLES[value as never] ?? String(value));
  const said = apart.map(([field, value]) => `${field} ${shown(value)} (here ${shown(config.model[field as keyof RunConfig['model']])})`).join(', ');
  return `model: the adapter ${start.name} has ${said}; give the method its settings, or take the adapter off`;
}
