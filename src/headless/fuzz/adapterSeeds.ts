/** Good adapters to damage: of each form that is read, made as the export makes them, on the models that are damaged too. */
import { CONFIG_FILE } from '../../adapters/config';
import { WEIGHTS_FILE } from '../../adapters/files';
import { METHOD_FILE, methodFile } from '../../adapters/methodFile';
import { peftFiles } from '../../adapters/toPeft';
import { holdCheckpoint, loadCheckpoint, storedCheckpoint } from '../../model/files/folder';
import { heldFolder } from '../../model/files/modelFolder';
import { writeSafetensors } from '../../model/files/safetensors';
import { checkpointFor } from '../../model/forProblem';
import { initialValues } from '../../model/initialValues';
import type { Trained } from '../../model/method';
import { parameterSpecs } from '../../model/parameters';
import type { Files } from './targets';

/** What is further written into adapter_config.json, so that its fields are met too. */
type Form = Partial<Trained> & { fields?: object };

const FORMS: Readonly<Record<string, Form>> = {
  'roberta-output': { peft: 'lora', targets: ['q', 'o'], fields: { rank_pattern: { query: 2 }, alpha_pattern: { 'layer.1': 4 }, layers_pattern: 'layer', layers_to_transform: [0, 1], exclude_modules: 'key' } },
  'bert-full': { peft: 'dora', targets: ['v'], fields: { modules_to_save: ['classifier', 'pooler'], trainable_token_indices: null } },
  'distilbert-hiddenkey': { peft: 'prompt', virtualTokens: 3 },
  'gpt2-lm-hiddenkey': { peft: 'prefix', virtualTokens: 3 },
  'llama-classification': { peft: 'rslora', targets: ['q', 'down'], fields: { target_modules: 'all-linear' } },
  'qwen2-lm': { peft: 'pissa', targets: ['q'], fields: { init_lora_weights: 'pissa', r: 2, lora_alpha: 2 } },
  'qwen3-lm-spans': { peft: 'adapter', bottleneck: 2 },
  'nano-encoder': { peft: 'bitfit' },
};

/** The same folders, those of `FORMS` with an adapter in them. */
export async function withAdapters(seeds: ReadonlyMap<string, Files>): Promise<Map<string, Files>> {
  const all = new Map(seeds);
  for (const [name, { fields, ...form }] of Object.entries(FORMS)) {
    const files = seeds.get(name);
    if (!files) continue;
    const stored = storedCheckpoint(await holdCheckpoint(await loadCheckpoint(heldFolder(name, files))));
    const trained: Trained = { peft: 'lora', rank: 2, alpha: 2, targets: [], fromLayer: 0, ...form };
    const { config, tensors } = checkpointFor(stored, { problem: stored.config.problem, labels: stored.config.labels }, trained);
    const specs = parameterSpecs(config, trained);
    const values = await initialValues(config, trained, specs, tensors, 1);
    for (const { name: key, of } of specs) if (!values.has(key)) values.set(key, await tensors.get(of)!.read());
    const model = { config, trained, values, start: values, base: tensors };
    const made = new Map(files);
    if (trained.peft === 'adapter' || trained.peft === 'bitfit') made.set(METHOD_FILE, methodFile(model));
    else {
      const { config: written, tensors: held } = peftFiles(model, { name: null, revision: null });
      made.set(CONFIG_FILE, new TextEncoder().encode(JSON.stringify({ ...written, ...fields }))).set(WEIGHTS_FILE, writeSafetensors(held));
    }
    all.set(`${name} with an adapter`, made);
  }
  return all;
}
