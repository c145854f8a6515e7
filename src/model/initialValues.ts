/** First values of what is trained, reproducible from a seed. */
import type { WeightFormat } from '../config/weightFormats';
import { WEIGHT_ROWS } from '../kernels/weightFormats';
import { pcg4d } from '../random/words';
import type { ModelConfig } from './modelConfig';
import { type ParameterSpec, PROMPT } from './parameterSpec';
import { architectureOf } from './architectures';
import type { StoredTensor } from './files/storedTensors';
import type { Trained } from './method';
import { transposed } from './pissa';
import { fastPrincipalFactors } from './randomSvd';

type Tensors = ReadonlyMap<string, StoredTensor>;

/** Keeps initialisation apart from masks and shuffles, which hash other sites. */
const SITE = 0x1417;
const uniform = (seed: number, stream: number, index: number) => (pcg4d(seed, stream, SITE, index >>> 2)[index & 3] + 0.5) / 2 ** 32;

function normal(count: number, deviation: number, seed: number, stream: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => deviation * Math.sqrt(-2 * Math.log(uniform(seed, stream, 2 * i))) * Math.cos(2 * Math.PI * uniform(seed, stream, 2 * i + 1)));
}

/**
 * LoRA: A as peft (uniform, bound 1/√inputs, which is kaiming_uniform with a = √5), B zero, so that the adapted model starts as the base
 * model; DoRA's μ the norms of the rows; PiSSA the leading singular vectors. Prompts: embeddings of tokens drawn from the vocabulary;
 * prefixes: normal, deviation 0.02; bottlenecks: normal, deviation 1e-3, so that they start near the identity. A head that the checkpoint
 * lacks is normal with deviation 0.02, its biases zero.
 * @returns values by name, but for what the checkpoint holds: that starts from there, without a way through memory (`ModelState.reset`)
 */
export async function initialValues(config: ModelConfig, trained: Trained, specs: ParameterSpec[], checkpoint: Tensors, seed: number): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [stream, { name, of, shape }] of specs.entries()) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const zero = () => new Float32Array(count);
    if (checkpoint.has(of)) continue;
    if (of.endsWith('.lora_A')) values.set(name, Float32Array.from({ length: count }, (_, i) => (2 * uniform(seed, stream, i) - 1) / Math.sqrt(shape[1])));
    else if (of.endsWith('.lora_B') || of.endsWith('bias')) values.set(name, zero());
    else if (of.endsWith('.lora_magnitude_vector')) values.set(name, rowNorms(await weightOf(config, checkpoint, of, trained.weights), shape[0]));
    else if (of === PROMPT) values.set(name, await drawnRows(checkpoint, config, shape[0], seed, stream));
    else if (of.includes('.adapter.')) values.set(name, normal(count, 1e-3, seed, stream));
    else values.set(name, normal(count, 0.02, seed, stream));
  }
  if (trained.peft === 'pissa') await setPrincipalFactors(config, trained, specs, checkpoint, values);
  return values;
}

/** The frozen weight behind `<module>.lora_…`, as (outputs, inputs), rounded to `format`. */
async function weightOf(config: ModelConfig, checkpoint: Tensors, of: string, format: WeightFormat = 'f32'): Promise<{ values: Float32Array; rows: number; columns: number }> {
  const module = of.slice(0, of.lastIndexOf('.'));
  const stored = checkpoint.get(`${module}.weight`);
  if (!stored) throw new Error(`initial values: the checkpoint has no ${module}.weight; choose a layer of the model as target`);
  const [first, second] = stored.shape;
  const values = WEIGHT_ROWS[format].rounded(await stored.read());
  if (architectureOf(config).name !== 'gpt2') return { values, rows: first, columns: second };
  return { values: transposed(values, first, second), rows: second, columns: first };
}

function rowNorms({ values, columns }: { values: Float32Array; columns: number }, rows: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += values[row * columns + column] ** 2;
    return Math.sqrt(sum);
  });
}

/** Rows of the token embedding at random tokens (Lester et al. 2021: start from the vocabulary). */
async function drawnRows(checkpoint: Tensors, config: ModelConfig, count: number, seed: number, stream: number): Promise<Float32Array> {
  const table = [...checkpoint.values()].find(({ shape }) => shape.length === 2 && shape[0] === config.vocabulary && shape[1] === config.hidden);
  if (!table) throw new Error('initial values: the checkpoint has no token embedding; choose a complete checkpoint');
  const values = new Float32Array(count * config.hidden);
  for (let row = 0; row < count; row++) {
    const token = Math.floor(uniform(seed, stream, row) * config.vocabulary);
    values.set(await table.read(token * config.hidden, config.hidden), row * config.hidden);
  }
  return values;
}

async function setPrincipalFactors(config: ModelConfig, { rank, alpha }: Trained, specs: ParameterSpec[], checkpoint: Tensors, values: Map<string, Float32Array>): Promise<void> {
  for (const { name, of } of specs) {
    if (!of.endsWith('.lora_A')) continue;
    const weight = await weightOf(config, checkpoint, of);
    const { a, b } = fastPrincipalFactors(weight.values, weight.rows, weight.columns, rank, alpha / rank);
    values.set(name, a);
    values.set(name.replace('lora_A', 'lora_B'), b);
  }
}
