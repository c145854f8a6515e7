/** Drops chosen keys from the attention of a run's model, and says what that changes in its output. The run stands still meanwhile. */
import { Execution } from '../graph/execution';
import { readRanges } from '../gpu/readback';
import { fillBatch } from '../data/batches';
import type { TextTokenizer } from '../data/tokenizer';
import { forcedLogits } from '../model/forced';
import { virtualRowsOf } from '../model/method';
import { planEvaluation, targetOf } from '../model/plans';
import type { InspectionPlace } from '../protocol/inspectionMessages';
import { DELETION_ORDERS, type DeletionCurve, type KeyCommand, type KeyEffects, type KeyEvent } from '../protocol/keyMessages';
import type { Dataset } from './dataset';
import { deletedAt, deletionOrder, type Extent, follow, forceMask, meanWeights } from './keyMasks';
import { type Trainer, writeBatch } from './trainer';

/** Rows of one submit; fewer where memory is short. */
const MOST_ROWS = 32;

/** Shares of a row's keys that the deletion curve drops. */
const SHARES = Array.from({ length: 10 }, (_, tenth) => tenth / 10);

/** A row under a mask. */
export interface Forced {
  ids: Uint32Array;
  isDropped?(layer: number, head: number, key: number): boolean;
}

/** What a row gives: its outputs, and of each layer the scaled attention logits (H,Tq,Tk), where these were asked for. */
export interface Given {
  outputs: Float32Array;
  attention: { extent: Extent; logits: Float32Array }[];
}

interface HeldPlan {
  it: Execution;
  samples: number;
  /** What is added to each layer's logits, and whether the device has it so. */
  layers: { queries: number; values: Float32Array; isWritten: boolean }[];
}

/** What is said, without the number of the run. */
type Said = KeyEvent extends infer Event ? Event extends KeyEvent ? Omit<Event, 'runId'> : never : never;

export class KeyDropper {
  /** Plans of the question that is being answered, by their width. */
  private readonly held = new Map<number, HeldPlan>();
  private last: Promise<void> = Promise.resolve();
  private destroyed = false;

  /**
   * @param spare bytes that may be taken beside the run
   * @param moment the step that the weights are those of, undefined while the run goes on
   */
  constructor(
    private readonly trainer: Trainer, private readonly dataset: Pick<Dataset, 'facts' | 'heldOut' | 'width' | 'padId'>, private readonly tokenizer: Pick<TextTokenizer, 'tokenStrings'>, private readonly spare: number,
    private readonly moment: () => number | undefined, private readonly say: (event: Said) => void,
  ) {}

  /** Never rejects; one question after the other. */
  ask(command: KeyCommand): Promise<void> {
    this.last = this.last.then(async () => {
      const { request } = command;
      try {
        const step = this.standing();
        const answer: Said = command.type === 'drop_keys'
          ? { type: 'keys_dropped', request, step, at: command.at, effects: await this.effects(command.at) }
          : { type: 'keys_deleted', request, step, curve: await this.curve(command.rows) };
        if (this.standing() !== step) throw new Error('the run went on meanwhile; pause it and ask again');
        this.say(answer);
      } catch (error) {
        if (!this.destroyed) this.say({ type: 'keys_kept', request, sentence: (error as Error).message });
      } finally {
        this.release();
      }
    });
    return this.last;
  }

  private standing(): number {
    const step = this.moment();
    if (step === undefined) throw new Error('keys are dropped one by one from weights that stand still; pause the run, or wait for its end');
    return step;
  }

  /** Every key of a row by itself: in each head of the layer, in the layer, and everywhere. */
  private async effects(at: InspectionPlace): Promise<KeyEffects> {
    const { config } = this.trainer.options;
    const ids = this.rowIds(at.row);
    const layer = Math.min(at.layer, config.layers - 1);
    const places: { layer?: number; head?: number }[] = [...Array.from({ length: config.heads }, (_, head) => ({ layer, head })), { layer }, {}];
    const masks = places.flatMap((place) => Array.from(ids, (_, gone): Forced => ({
      ids, isDropped: (inLayer, head, key) => key === gone && (place.layer ?? inLayer) === inLayer && (place.head ?? head) === head,
    })));
    const [clean, ...without] = await this.run([{ ids }, ...masks], 1);
    const answer = this.answerOf(clean.outputs);
    const before = follow(clean.outputs, answer);
    const weights = clean.attention.map(({ extent, logits }) => meanWeights(extent, logits));
    return {
      tokens: this.tokenizer.tokenStrings(ids), clean: before.output, ...(answer !== undefined && { answer: this.nameOf(answer) }),
      places: places.map((place, index) => {
        const followed = without.slice(index * ids.length, (index + 1) * ids.length).map(({ outputs }) => follow(outputs, answer));
        const layers = place.layer === undefined ? weights : [weights[place.layer]];
        return {
          ...place, outputs: followed.map(({ output }) => output), changes: followed.map(({ odds }) => odds - before.odds),
          weights: meanOf(layers.flatMap((heads) => (place.head === undefined ? heads : [heads[place.head]]))),
        };
      }),
    };
  }

  /** More and more keys of the first rows, in each of the orders. */
  private async curve(count: number): Promise<DeletionCurve> {
    const rows = Array.from({ length: Math.min(count, this.dataset.heldOut.ids.length) }, (_, row) => this.rowIds(row));
    const sums = { effect: SHARES.map(() => 0), weight: SHARES.map(() => 0), random: SHARES.map(() => 0) };
    for (const [row, ids] of rows.entries()) {
      const [clean, ...alone] = await this.run([{ ids }, ...Array.from(ids, (_, gone): Forced => ({ ids, isDropped: (_layer, _head, key) => key === gone }))], 1);
      const answer = this.answerOf(clean.outputs);
      const before = follow(clean.outputs, answer);
      const changes = alone.map(({ outputs }) => follow(outputs, answer).odds - before.odds);
      const weights = meanOf(clean.attention.flatMap(({ extent, logits }) => meanWeights(extent, logits)));
      const masks = DELETION_ORDERS.flatMap((order) => {
        const keys = deletionOrder(order, { weights, changes, scored: answer === undefined, seed: row });
        return SHARES.map((share): Forced => {
          const gone = new Set(keys.slice(0, deletedAt(share, ids.length)));
          return { ids, isDropped: (_layer, _head, key) => gone.has(key) };
        });
      });
      const left = (await this.run(masks, 0)).map(({ outputs }) => follow(outputs, answer).output);
      DELETION_ORDERS.forEach((order, index) => SHARES.forEach((_, share) => {
        const output = left[index * SHARES.length + share];
        sums[order][share] += (answer === undefined ? Math.abs(output - before.output) : output) / rows.length;
      }));
    }
    return { rows: rows.length, shares: SHARES, means: sums, followed: this.trainer.options.config.problem === 'regression' ? 'distance' : 'probability' };
  }

  /** What every mask makes of its row. @param attended of so many, the first ones, also the attention logits */
  async run(masks: readonly Forced[], attended: number): Promise<Given[]> {
    const { gpu, config, method } = this.trainer.options;
    const virtual = virtualRowsOf(method);
    const width = this.trainer.options.widths?.find((one) => masks.every(({ ids }) => ids.length <= one)) ?? this.dataset.width;
    const { it, samples, layers } = this.held.get(width) ?? await this.execution(width);
    const outputs = it.kept('logits');
    const given: Given[] = [];
    for (let from = 0; from < masks.length; from += samples) {
      this.standing();
      const some = masks.slice(from, from + samples);
      const batch = fillBatch(some.map((_, place) => place), { ids: some.map(({ ids }) => ids), labels: new Float32Array(some.length) }, width, this.dataset.padId);
      const whole = { ids: new Uint32Array(samples * width).fill(this.dataset.padId), lengths: new Uint32Array(samples).fill(1), labels: new Float32Array(samples) };
      whole.ids.set(batch.ids);
      whole.lengths.set(batch.lengths);
      writeBatch(it, whole, config);
      layers.forEach((layer, number) => {
        const size = config.heads * layer.queries * (virtual.keys + width);
        some.forEach(({ ids, isDropped }, sample) => forceMask(
          { heads: config.heads, queries: layer.queries, width, tokens: ids.length, virtual, causal: config.causal },
          (head, key) => isDropped?.(number, head, key) ?? false, layer.values.subarray(sample * size, (sample + 1) * size),
        ));
        const isClean = layer.values.every((value) => value === 0);
        if (!isClean || layer.isWritten) it.write(forcedLogits(number), layer.values);
        layer.isWritten = !isClean;
      });
      it.submit('drop keys');
      const [found] = await readRanges(gpu.device, [outputs]);
      const long = found.length / samples;
      for (const [place, { ids }] of some.entries()) {
        const attention = from + place < attended ? await Promise.all(layers.map(async ({ queries }, number) => {
          const size = config.heads * queries * (virtual.keys + width);
          const [logits] = await readRanges(gpu.device, [{ buffer: it.kept(`logits ${number}`).buffer, offset: place * size * 4, bytes: size * 4 }]);
          return { extent: { heads: config.heads, queries, width, tokens: ids.length, virtual, causal: config.causal }, logits };
        })) : [];
        given.push({ outputs: found.slice(place * long, (place + 1) * long), attention });
      }
    }
    return given;
  }

  /** A plan for as many rows at once as there is memory for. */
  private async execution(width: number): Promise<HeldPlan> {
    const { gpu, pipelines, config, method, target } = this.trainer.options;
    let samples = MOST_ROWS;
    for (;;) {
      const plan = planEvaluation(config, method, { samples, tokens: width }, targetOf(gpu, target), 'forced');
      const shapes = Array.from({ length: config.layers }, (_, layer) => plan.inputs.find(({ label }) => label === forcedLogits(layer))!.shape);
      const bytes = plan.bytes + shapes.reduce((sum, shape) => sum + shape.reduce((product, extent) => product * extent, 4), 0);
      if (bytes <= this.spare) {
        const it = await Execution.create(gpu, pipelines, plan, this.trainer.state);
        const layers = shapes.map((shape) => ({ queries: shape[2], values: new Float32Array(shape.reduce((product, extent) => product * extent, 1)), isWritten: false }));
        const held = { it, samples, layers };
        this.held.set(width, held);
        return held;
      }
      if (samples === 1) throw new Error(`there is no memory left beside the run: ${(bytes / 2 ** 20).toFixed(0)} MiB are needed, ${(Math.max(0, this.spare) / 2 ** 20).toFixed(0)} MiB are there; raise the memory budget or take a smaller batch`);
      samples = Math.ceil(samples / 2);
    }
  }

  /** A held-out row's tokens: of a language model its prompt, or all but the last token where there is none. */
  private rowIds(row: number): Uint32Array {
    const { heldOut } = this.dataset;
    const number = Math.min(row, heldOut.ids.length - 1);
    const ids = heldOut.ids[number];
    if (this.trainer.options.config.problem !== 'language_model') return ids;
    const prompt = heldOut.scoredFrom?.[number] ?? 0;
    return ids.subarray(0, prompt > 1 ? prompt : Math.max(1, ids.length - 1));
  }

  /** The class or token that is thought likeliest; undefined of a regression. */
  private answerOf(outputs: Float32Array): number | undefined {
    return this.trainer.options.config.problem === 'regression' ? undefined : outputs.indexOf(outputs.reduce((one, other) => Math.max(one, other), -Infinity));
  }

  private nameOf(answer: number): string {
    return this.trainer.options.config.problem === 'language_model' ? this.tokenizer.tokenStrings([answer])[0] : this.dataset.facts.labels[answer] ?? String(answer);
  }

  /** Frees the plans. */
  release(): void {
    for (const { it } of this.held.values()) it.destroy();
    this.held.clear();
  }

  /** Waits for what is being measured. */
  async destroy(): Promise<void> {
    this.destroyed = true;
    await this.last;
  }
}

const meanOf = (rows: readonly (readonly number[])[]): number[] => rows[0].map((_, place) => rows.reduce((sum, row) => sum + row[place], 0) / rows.length);
