/**
 * The recurring pieces of a forward pass, bound to one recording: an architecture is written with these and with kernels alone. Here is
 * where a method meets a model: which tensors are trained, where low-rank branches and bottlenecks sit, what is dropped.
 */
import { type DropoutRules, type Position, defaultCompensation, SLOT_LIMIT, slotOf } from '../config/dropout';
import type { Target } from '../config/peft';
import type { Tape } from '../graph/tape';
import { type Tensor, width } from '../graph/tensor';
import { recordActivation } from '../kernels/activation';
import { recordAdd } from '../kernels/add';
import { recordAttentionWeights } from '../kernels/attention_weights';
import { recordDropout } from '../kernels/dropout';
import { recordEmbedding } from '../kernels/embedding';
import { recordEmbeddingNoise } from '../kernels/embedding_noise';
import { recordAttentionLogits, recordAttentionMix, recordLinear } from '../kernels/matmul';
import { recordLayerNorm, recordRmsNorm } from '../kernels/norm';
import { recordPosition } from '../kernels/position';
import { recordPrepend } from '../kernels/prepend';
import { recordRotary, rotaryTable } from '../kernels/rotary';
import { recordSelectToken } from '../kernels/select_token';
import { recordSplitColumns } from '../kernels/split_columns';
import type { Pass, ReadRow, Site } from '../kernels/site';
import { siteOf } from '../random/masks';
import type { ArchitectureDescription } from './architectures/description';
import { ANGLES, type CacheUse, recordCached } from './keyValueCache';
import { recordLowRank } from './lora';
import { frozenFormat } from './matrices';
import { branchScale, type Trained, virtualRowsOf } from './method';
import { type ModelConfig, paddingRow } from './modelConfig';
import { adapterName, type ParameterSpec, PREFIX, PROMPT } from './parameterSpec';
import { PLACES } from './places';
import type { FormatOf } from './weights';
import { recordForced } from './forced';

export interface Recording {
  tape: Tape;
  config: ModelConfig;
  trained: Trained;
  /** None for an evaluate plan, which then has no dropout code at all. */
  rules: DropoutRules;
  /** Whether NEFTune's noise falls on the token embeddings; never in an evaluate plan. */
  noisy?: boolean;
  pass: Pass;
  /** S: rows of every activation, B or 2·B. */
  samples: number;
  /** T: tokens a row is padded to. */
  tokens: number;
  /** Record every row of the last layer, also those that a head does not read: for whoever looks at them, or keeps them. */
  whole?: boolean;
  /** Of a language model, only the logits behind each sample's last real token. */
  lastRow?: boolean;
  /** Masks of attention are inputs that somebody sets by hand, see `recordForced`. */
  forced?: boolean;
  /** Keys and values go into a cache; a step's rows are one token a sample, behind what is there. */
  cached?: CacheUse;
  /** Put before every label, to tell two recordings on one tape apart. */
  prefix?: string;
}

/** Whether only one row of each sample is there, (S,D). */
const isRow = (x: Tensor): boolean => x.shape.length === 2;

export class Builder {
  readonly tape: Tape;
  readonly config: ModelConfig;
  private readonly parameters: Map<string, ParameterSpec>;
  private readonly formatOf: FormatOf;
  private readonly inputs: { ids: Tensor; lengths: Tensor; spans: Tensor };
  /** Row of the token embedding that lookups do not train. */
  private readonly padding: number | undefined;
  /** Rows in front of the tokens (prompt), and keys in front of the keys (prompt and prefix). */
  private readonly virtualRows: number;
  private readonly virtualKeys: number;

  /** @param specs what the method trains on this architecture */
  constructor(private readonly recording: Recording, private readonly architecture: ArchitectureDescription, specs: readonly ParameterSpec[]) {
    const { tape, config, trained, pass, tokens } = recording;
    this.tape = tape;
    this.config = config;
    this.parameters = new Map(specs.map((spec) => [spec.of, spec]));
    this.formatOf = frozenFormat(architecture, config, trained, specs);
    const virtual = virtualRowsOf(trained);
    this.virtualKeys = virtual.keys;
    // A step's row stands behind them.
    this.virtualRows = this.steps ? 0 : virtual.rows;
    this.padding = this.architecture.padded ? paddingRow(config.padId, config.vocabulary) : undefined;
    this.inputs = {
      ids: tape.input('ids', [pass.samples, tokens], 'u32'),
      lengths: tape.input('lengths', [pass.samples], 'u32'),
      spans: tape.input('spans', [SLOT_LIMIT, pass.samples], 'u32'),
    };
  }

  /** Whether each sample is one token behind what a cache holds. */
  private get steps(): boolean {
    return this.recording.cached?.use === 'step';
  }

  label(text: string): string {
    return `${this.recording.prefix ?? ''}${text}`;
  }

  /** A tensor of the checkpoint by transformers' name: trained where the method trains it, else frozen. */
  tensor(name: string, shape: readonly number[]): Tensor {
    const spec = this.parameters.get(name);
    return spec ? this.tape.parameter(spec.name, shape) : this.tape.weight(name, shape, this.formatOf(name));
  }

  /** A tensor that only the method has, undefined where it has none of this name. */
  private added(of: string): Tensor | undefined {
    const spec = this.parameters.get(of);
    return spec && this.tape.parameter(spec.name, spec.shape);
  }

  /** Token embeddings, noisy where the method says so, with the prompt's vectors in front. */
  embedTokens(table: string): Tensor {
    const { vocabulary, hidden } = this.config;
    const { samples, noisy, pass } = this.recording;
    const clean = recordEmbedding(this.tape, this.label('embeddings'), this.inputs.ids, this.tensor(table, [vocabulary, hidden]), samples, this.padding);
    const x = noisy ? recordEmbeddingNoise(this.tape, this.label('embedding noise'), clean, this.inputs, pass) : clean;
    const prompt = this.virtualRows > 0 ? this.added(PROMPT) : undefined;
    return prompt ? recordPrepend(this.tape, this.label('prompt'), prompt, x) : x;
  }

  /** Learned positions and segments. The tokens behind a prefix continue its positions. */
  addPositions(x: Tensor, position: string, segment?: string): Tensor {
    const { positions, types, hidden } = this.config;
    const tables = { position: this.tensor(position, [positions, hidden]), segment: segment === undefined ? undefined : this.tensor(segment, [types, hidden]) };
    const offset = this.architecture.firstPosition(this.config) + this.virtualKeys - this.virtualRows;
    // Behind prompt vectors transformers sees no ids, and counts all rows.
    const counted = this.steps || (this.architecture.countsPositions && this.virtualRows === 0)
      ? { places: this.tape.input(PLACES, this.inputs.ids.shape, 'u32'), padding: paddingRow(this.config.padId, positions) ?? 0 } : undefined;
    return recordPosition(this.tape, this.label('positions'), x, tables, offset, counted);
  }

  layerNorm(module: string, x: Tensor): Tensor {
    const { hidden, normEpsilon } = this.config;
    return recordLayerNorm(this.tape, this.label(module), x, this.tensor(`${module}.weight`, [hidden]), this.tensor(`${module}.bias`, [hidden]), normEpsilon);
  }

  /** Over the channels, or over each head where the module's weight is as long as a head (`q_norm`, `k_norm`). */
  rmsNorm(module: string, x: Tensor): Tensor {
    const { hidden, headSize, normEpsilon } = this.config;
    const length = /\.[qk]_norm$/.test(module) ? headSize : hidden;
    return recordRmsNorm(this.tape, this.label(module), x, this.tensor(`${module}.weight`, [length]), normEpsilon);
  }

  /** Rotary positions of (S,T,heads·d), in float32 as transformers computes them. */
  rotate(label: string, x: Tensor): Tensor {
    const { headSize, ropeTheta } = this.config;
    const rows = x.shape[1];
    const angles = this.steps ? this.tape.input(ANGLES, [x.shape[0], headSize / 2, 2], 'f32') : this.tape.constant('rotary angles', [rows, headSize / 2, 2], () => rotaryTable(rows, headSize, ropeTheta, this.virtualKeys - this.virtualRows));
    return recordRotary(this.tape, this.label(`${label} rotary`), x, angles, headSize);
  }

  /** A layer outside the blocks, such as a head's. */
  linear(module: string, x: Tensor, outputs: number, options: { bias?: boolean } = {}): Tensor {
    const bias = (options.bias ?? true) ? this.tensor(`${module}.bias`, [outputs]) : undefined;
    return recordLinear(this.tape, this.label(module), x, this.tensor(`${module}.weight`, [outputs, width(x)]), { bias });
  }

  /** The frozen layer of a target, plus its low-rank branch where the method has one. */
  project(target: Target, layer: number, x: Tensor, options: { bias?: boolean; transposed?: boolean } = {}): Tensor {
    const { bias = true, transposed = false } = options;
    const found = this.architecture.targets[target]!;
    const module = found.module(layer);
    const outputs = found.outputs(this.config);
    const weight = this.tensor(`${module}.weight`, transposed ? [width(x), outputs] : [outputs, width(x)]);
    const y = recordLinear(this.tape, this.label(`layer ${layer} ${target}`), x, weight, { bias: bias ? this.tensor(`${module}.bias`, [outputs]) : undefined, transposed });
    return this.adapt(target, layer, x, y, { weight, transposed });
  }

  /** Adds a target's low-rank branch to y. Without a `weight`, y is a slice of a fused layer, which only plain LoRA adapts. */
  adapt(target: Target, layer: number, x: Tensor, y: Tensor, frozen?: { weight: Tensor; transposed: boolean }): Tensor {
    const { trained } = this.recording;
    const module = this.architecture.targets[target]!.module(layer);
    const a = this.added(`${module}.lora_A`);
    if (!a) return y;
    return recordLowRank(this.tape, this.label(`layer ${layer} ${target}`), {
      x, y, frozen, dora: trained.peft === 'dora', scale: branchScale(trained, module),
      dropped: this.drop('lora_input', layer, x, target),
      dropRank: (u) => this.drop('lora_rank', layer, u, target),
      a, b: this.added(`${module}.lora_B`)!, magnitude: this.added(`${module}.lora_magnitude_vector`),
    });
  }

  /** Scaled logits, masks, softmax and the mix of values of one layer; prefix keys and values in front. */
  attention(layer: number, q: Tensor, k: Tensor, v: Tensor): Tensor {
    const { tape, config } = this;
    const at = (what: string) => this.label(`layer ${layer} ${what}`);
    // A step's are in the cache, with what else is in front.
    const [prefixKeys, prefixValues] = this.steps ? [] : this.prefixOf(layer);
    const keys = this.cached('keys', layer, prefixKeys ? recordPrepend(tape, at('prefix keys'), prefixKeys, k) : k);
    const values = this.cached('values', layer, prefixValues ? recordPrepend(tape, at('prefix values'), prefixValues, v) : v);
    const g = recordAttentionLogits(tape, at('logits'), q, keys, config.heads);
    tape.keepable(`logits ${layer}`, g);
    const w = recordAttentionWeights(tape, at('weights'), this.recording.forced ? recordForced(tape, at('forced logits'), layer, g) : g, this.inputs, {
      pass: this.recording.pass, logits: this.site('logits', layer), weights: this.site('weights', layer), causal: config.causal,
      virtualKeys: this.virtualKeys, virtualQueries: this.virtualRows, read: isRow(q) || this.steps ? this.readRow : undefined,
    });
    return tape.keepable(`mixed ${layer}`, recordAttentionMix(tape, at('mix'), w, values, config.heads, { keyValueHeads: config.keyValueHeads, single: isRow(q) }));
  }

  /** What attention sees of a layer's keys or values, which go into the cache where there is one. */
  private cached(what: 'keys' | 'values', layer: number, x: Tensor): Tensor {
    const { cached } = this.recording;
    return cached ? recordCached(this.tape, this.config, cached, { what, layer, label: this.label(`layer ${layer} cached ${what}`) }, x, this.inputs.lengths, this.virtualKeys) : x;
  }

  /** The row of each sample that a head of classes reads. */
  private get readRow(): ReadRow {
    return this.config.causal ? 'last' : 'first';
  }

  /**
   * What of `x` goes on in `layer`: all rows, or in the last layer below a head that reads one row that row, (S,D). Keys and
   * values come from all rows, but what else the layer would make of the others nobody would see.
   */
  rowsRead(layer: number, x: Tensor): Tensor {
    const { problem, layers } = this.config;
    const all = problem === 'language_model' && !this.recording.lastRow;
    return all || layer < layers - 1 || this.recording.whole ? x : this.rowRead(x);
  }

  /** The row that the head reads (S,D): the first, a virtual one with a prompt; of a decoder the last real token. */
  rowRead(x: Tensor): Tensor {
    if (isRow(x)) return x;
    const last = this.readRow === 'last' ? { lengths: this.inputs.lengths, virtualTokens: this.virtualRows } : undefined;
    return recordSelectToken(this.tape, this.label('token read'), x, last);
  }

  /** The rule of `position` at `layer` for x as the kernels want it, undefined where it does not apply. */
  private site(position: Position, layer: number, x?: Tensor, target?: Target): Site | undefined {
    const rule = this.recording.rules[position];
    // With a prompt the first row is a virtual one, which no mask of a layer falls on.
    if (x && isRow(x) && position !== 'output' && this.virtualRows > 0 && this.readRow === 'first') return undefined;
    if (!rule || layer < (rule.fromLayer ?? 0)) return undefined;
    return {
      slot: slotOf(this.recording.rules, position, layer, this.config.layers),
      site: siteOf(position, layer, 0, target),
      pattern: rule.pattern,
      compensation: rule.compensation ?? defaultCompensation(position, rule.pattern),
    };
  }

  /** x under the mask of `position`, or x itself where nothing is dropped there. */
  drop(position: Position, layer: number, x: Tensor, target?: Target): Tensor {
    const site = this.site(position, layer, x, target);
    return site ? this.mask(`${position}${target ? ` ${target}` : ''}`, layer, x, site) : x;
  }

  private mask(what: string, layer: number, x: Tensor, site: Site, residual?: Tensor): Tensor {
    const { pass, tokens } = this.recording;
    const rows = !isRow(x) ? { virtualTokens: this.virtualRows } : what === 'output' ? {} : { read: { row: this.readRow, tokens } };
    return recordDropout(this.tape, this.label(`layer ${layer} ${what}`), x, this.inputs, pass, site, { residual, ...rows });
  }

  /** residual + the sublayer's output, which is first dropped at `position` and then adapted by the bottleneck of `module`, if any. */
  residual(module: string, position: Position | undefined, layer: number, output: Tensor, residual: Tensor): Tensor {
    const { tape } = this;
    const label = this.label(`layer ${layer} ${position ?? 'attention'} residual`);
    const bottleneck = this.bottleneck(module);
    if (bottleneck) {
      const dropped = position ? this.drop(position, layer, output) : output;
      return recordAdd(tape, label, residual, bottleneck(dropped));
    }
    const site = position && this.site(position, layer, output);
    // Mask, scale and residual in one dispatch.
    return site ? this.mask(`${position} residual`, layer, output, site, residual) : recordAdd(tape, label, residual, output);
  }

  /** Houlsby et al. 2019: h + up(gelu(down(h))). */
  private bottleneck(module: string): ((h: Tensor) => Tensor) | undefined {
    const part = (name: string) => this.added(adapterName(module, name));
    const down = part('down.weight');
    if (!down) return undefined;
    return (h) => {
      const label = this.label(`${module} adapter`);
      const inner = recordActivation(this.tape, `${label} gelu`, 'gelu', recordLinear(this.tape, `${label} down`, h, down, { bias: part('down.bias') }));
      return recordAdd(this.tape, `${label} sum`, h, recordLinear(this.tape, `${label} up`, inner, part('up.weight')!, { bias: part('up.bias') }));
    };
  }

  /** Keys and values of a prefix for one layer, as peft lays them out: for each layer keys, then values. */
  private prefixOf(layer: number): Tensor[] {
    const prefix = this.recording.trained.peft === 'prefix' ? this.added(PREFIX) : undefined;
    if (!prefix) return [];
    // One split for both passes and for whatever they share, so that each part has its one gradient.
    return this.tape.remember('prefix', () => recordSplitColumns(this.tape, this.label('prefix'), prefix, 2 * this.config.layers)).slice(2 * layer, 2 * layer + 2);
  }

  /** A decoder's head: the vocabulary at every token, or a score of the last real token. */
  causalHead(x: Tensor, embedding: string): Tensor {
    const { problem, vocabulary, labels, hidden } = this.config;
    if (problem === 'language_model') {
      return recordLinear(this.tape, this.label('lm_head'), this.drop('output', 0, x), this.tensor(embedding, [vocabulary, hidden]));
    }
    return this.linear('score', this.drop('output', 0, this.rowRead(x)), labels, { bias: false });
  }
}
