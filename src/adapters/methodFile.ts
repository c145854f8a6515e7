/** Houlsby adapters and BitFit, which peft lacks: one safetensors file, with what it is in its header. docs/adapters.md describes the layout. */
import type { HeldCheckpoint } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import { readMetadata, writeSafetensors } from '../model/files/safetensors';
import { checkpointFor } from '../model/forProblem';
import type { Trained } from '../model/method';
import type { Problem } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import type { Adapted } from './apply';
import { readFinite } from './files';
import type { TrainedModel } from './trainedModel';
import { Unfit } from './unfit';

export const METHOD_FILE = 'adapter.safetensors';
export const METHOD_FORMAT = 'lora-dropout-adapter';

const METHODS = ['adapter', 'bitfit'] as const;
const PROBLEMS: readonly Problem[] = ['classification', 'regression', 'language_model'];

export const hasMethodFile = ({ trained: { peft } }: Pick<TrainedModel, 'trained'>): boolean => (METHODS as readonly string[]).includes(peft);

/** Trained tensors under their names: transformers' own, and `<module>.adapter.<down|up>.<weight|bias>`. */
export function methodFile({ config, trained, values }: TrainedModel): Uint8Array<ArrayBuffer> {
  const tensors = new Map(parameterSpecs(config, trained).map(({ name, shape }) => [name, { shape, values: values.get(name)! }]));
  const { peft, bottleneck = 0, fromLayer = 0 } = trained;
  const header = { format: METHOD_FORMAT, method: peft, problem: config.problem, labels: String(config.labels) };
  return writeSafetensors(tensors, peft === 'adapter' ? { ...header, bottleneck: String(bottleneck), from_layer: String(fromLayer) } : header);
}

/** @throws LoadError */
export function applyMethodFile(base: HeldCheckpoint, bytes: ArrayBuffer | Uint8Array): Adapted {
  const refuse = (detail: string) => new LoadError(METHOD_FILE, detail);
  const { format, method, problem, labels, bottleneck, from_layer: fromLayer = '0' } = readMetadata(bytes, METHOD_FILE);
  const count = (name: string, value: string | undefined, least: number) => {
    if (!/^\d{1,9}$/.test(value ?? '') || Number(value) < least) throw refuse(`its header says ${name} ${value ?? 'nothing'}; take the file as it was written here`);
    return Number(value);
  };
  if (format !== METHOD_FORMAT) throw refuse(`it says that it is "${format ?? 'nothing'}"; choose the folder of an adapter`);
  if (!(METHODS as readonly string[]).includes(method)) throw refuse(`its method is not supported (${method}); choose ${METHODS.join(' or ')}`);
  if (!PROBLEMS.includes(problem as Problem)) throw refuse(`its problem is not supported (${problem}); choose ${PROBLEMS.join(', ')}`);
  const asked = { problem: problem as Problem, labels: count('labels', labels, 1) };
  const trained: Trained = { peft: method as Trained['peft'], rank: 1, alpha: 1, targets: [], ...(method === 'adapter' ? { bottleneck: count('bottleneck', bottleneck, 1), fromLayer: count('from_layer', fromLayer, 0) } : {}) };
  const checkpoint = checkpointFor(base, asked, trained);
  const unfit = new Unfit();
  const values = new Map<string, Float32Array>();
  const rest = readFinite(bytes, METHOD_FILE);
  for (const { name, shape } of parameterSpecs(checkpoint.config, trained)) {
    const tensor = rest.get(name);
    rest.delete(name);
    if (!tensor) unfit.missing(name, shape);
    else if (unfit.check({ ...tensor, key: name }, shape)) values.set(name, tensor.values);
  }
  for (const [key, tensor] of rest) unfit.unknown({ ...tensor, key });
  unfit.refuse(METHOD_FILE);
  return { checkpoint, trained, values, notes: [] };
}
