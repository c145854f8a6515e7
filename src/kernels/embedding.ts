/** Token embeddings. */
import code from '../../shaders/embedding.wgsl?raw';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';
import { formFor, forms } from './weightFormats';

const embeddingShader = forms('embedding', code);

/** No row of the table is padding. */
const NO_PADDING = 0xffffffff;

/** y (S,T,D) = table[ids]. d(table) is the sum of dy over the tokens of each id, but for the row `padding`. */
export const embedding: Op<{ padding: number }> = {
  name: 'embedding',
  forward(emit, { label, inputs, outputs }) {
    const [S, T, D] = outputs.y.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    // Every token has its row in one of the blocks.
    for (const { block, tensor } of emit.blocksOf(inputs.table!)) {
      emit.dispatch({
        label, shader: formFor(embeddingShader, tensor), entry: 'forward', grid, bindings: { ids: inputs.ids!, stored: tensor, y: outputs.y },
        params: { elements: count, width: D, id_count: elements(inputs.ids!.shape), token_rows: S * T, row_stride, padding: NO_PADDING, first_row: block.first, rows: block.rows },
      });
    }
  },
  backward(emit, { label, inputs, outputs, attributes: { padding } }, gradients) {
    const dy = gradients.of(outputs.y);
    const dTable = dy && gradients.into(inputs.table);
    if (!dTable) return;
    const [S, T, D] = dy.shape;
    const idCount = elements(inputs.ids!.shape);
    const run = (entry: 'clear' | 'scatter', count: number, bindings: Record<string, Tensor>) => {
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} d(table) ${entry}`, shader: embeddingShader.f32, entry, grid, bindings,
        params: { elements: count, width: D, id_count: idCount, token_rows: S * T, row_stride, padding, first_row: 0, rows: 0 },
      });
    };
    // The one gradient that is cleared first: most rows of the table belong to no token of the batch.
    if (!dTable.accumulate) run('clear', elements(dTable.tensor.shape), { d_table: dTable.tensor });
    run('scatter', idCount * D, { ids: inputs.ids!, dy, d_table: dTable.tensor });
  },
};

/**
 * @param samples S: the batch once or twice
 * @param padding row that learns nothing here, as with nn.Embedding's `padding_idx`; left out: none
 */
export function recordEmbedding(tape: Tape, label: string, ids: Tensor, table: Tensor, samples: number, padding = NO_PADDING): Tensor {
  return tape.record(embedding, label, { ids, table }, { y: [samples, ids.shape[1], table.shape[1]] }, { padding }).y;
}
