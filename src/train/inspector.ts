/** Clean attention logits of one held-out sentence in one head, a few times a second while somebody looks. */
import type { Execution } from '../graph/execution';
import { readRanges } from '../gpu/readback';
import type { TextTokenizer } from '../data/tokenizer';
import { virtualRowsOf } from '../model/method';
import type { AttentionView, InspectionPlace } from '../protocol/inspectionMessages';
import { batchOf, type Dataset } from './dataset';
import { type Trainer, writeBatch } from './trainer';

/** Shortest time between two looks. */
const INTERVAL_MS = 250;

export class Inspector {
  at: InspectionPlace | null = null;
  /** By width: one for each that batches have. */
  private readonly executions = new Map<number, Promise<Execution>>();
  private looking = false;
  private last = -Infinity;
  private destroyed = false;

  constructor(
    private readonly trainer: Trainer, private readonly dataset: Dataset, private readonly tokenizer: TextTokenizer, private readonly seed: number,
    private readonly show: (step: number, at: InspectionPlace, attention: AttentionView) => void, private readonly fail: (error: unknown) => void,
  ) {}

  /** Looks if somebody asked to, and the last look is long enough ago (or `now`). */
  look(step: number, now = false): void {
    if (!this.at || this.looking || this.destroyed || (!now && performance.now() - this.last < INTERVAL_MS)) return;
    this.looking = true;
    this.last = performance.now();
    this.read(step, this.at).catch((error) => {
      if (!this.destroyed) this.fail(error);
    }).finally(() => {
      this.looking = false;
    });
  }

  private async read(step: number, at: InspectionPlace): Promise<void> {
    const { gpu, config, method } = this.trainer.options;
    const { heldOut } = this.dataset;
    const row = Math.min(at.row, heldOut.ids.length - 1);
    const layer = Math.min(at.layer, config.layers - 1);
    const head = Math.min(at.head, config.heads - 1);
    // As wide as a batch that the row would train in: its masks depend on that.
    const width = this.trainer.options.widths?.find((one) => one >= heldOut.lengths[row]) ?? this.dataset.width;
    const made = this.executions.get(width) ?? this.trainer.evaluator({ samples: 1, tokens: width }, 'attention');
    this.executions.set(width, made);
    const execution = await made;
    if (this.destroyed) return;
    const virtual = virtualRowsOf(method);
    writeBatch(execution, batchOf(this.dataset, heldOut, [row], virtual.rows, width), config);
    execution.submit('inspect');
    const { buffer } = execution.kept(`logits ${layer}`);
    // Of the rows and keys, virtual tokens come first; shown are those of real tokens.
    const [queries, keys] = [virtual.rows + width, virtual.keys + width];
    const [rectangle] = await readRanges(gpu.device, [{ buffer, offset: head * queries * keys * 4, bytes: queries * keys * 4 }]);
    if (this.destroyed) return;
    const n = heldOut.lengths[row];
    const logits = new Float32Array(n * n);
    for (let query = 0; query < n; query++) {
      const from = (virtual.rows + query) * keys + virtual.keys;
      logits.set(rectangle.subarray(from, from + n), query * n);
    }
    this.show(step, { row, layer, head }, {
      tokens: this.tokenizer.tokenStrings(heldOut.ids[row]), logits,
      mask: { seed: this.seed, sample: 0, heads: config.heads, width, tokens: n, hidden: config.hidden, causal: config.causal },
    });
  }

  destroy(): void {
    this.destroyed = true;
    for (const made of this.executions.values()) void made.then((execution) => execution.destroy(), () => undefined);
  }
}
