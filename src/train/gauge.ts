/** How long this adapter takes for a dispatch and for a multiply-add, so that a run can be told to be slow before it begins. */
import { Execution } from '../graph/execution';
import { compile } from '../graph/compile';
import { Tape } from '../graph/tape';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { emitAdd } from '../kernels/add';
import { emitProduct } from '../kernels/matmul';
import type { Gauge } from '../protocol/planMessages';
import { timeExecution } from './timeExecution';

/** Rows, columns and depth of two products: one so small that only the dispatch counts, one as large as keeps the adapter busy for some milliseconds. */
const SIZES = { software: [[16, 16, 16], [256, 128, 128]], gpu: [[16, 16, 16], [1024, 512, 512]] } as const;
/** Products in one measurement. */
const REPEATS = 16;
const ROUNDS = 4;

/** Measures both products and takes the line through their best rounds. */
export async function measureAdapter(gpu: Gpu, pipelines: Pipelines): Promise<Gauge> {
  const [small, large] = SIZES[gpu.profile];
  const [least, most] = [await secondsOf(gpu, pipelines, small), await secondsOf(gpu, pipelines, large)];
  const work = (size: readonly [number, number, number]) => size[0] * size[1] * size[2];
  // A clock too coarse for either may give the larger product the shorter time.
  return { dispatch: least, multiplyAdd: Math.max(0, most - least) / (work(large) - work(small)) };
}

/** Seconds of one product. */
async function secondsOf(gpu: Gpu, pipelines: Pipelines, [rows, columns, depth]: readonly [number, number, number]): Promise<number> {
  const tape = new Tape();
  const matrix = (label: string, down: number, across: number) => tape.tensor(label, [down, across], 'activation');
  const [a, b, c] = [matrix('a', rows, depth), matrix('b', columns, depth), matrix('c', rows, columns)];
  const plan = compile(tape, { profile: gpu.profile, subgroupSize: gpu.subgroupSize, samples: 1, gradientSamples: 1 }, {
    backward: false, add: emitAdd,
    finish: (emit) => {
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        emitProduct(emit, { label: 'gauge', size: { rows, columns, depth }, a: { tensor: a, row: depth, column: 1 }, b: { tensor: b, row: 1, column: depth }, c: { tensor: c, row: columns, column: 1 } });
      }
    },
  });
  const execution = await Execution.create(gpu, pipelines, plan, { step: undefined as never, bindingOf: (tensor) => { throw new Error(`gauge: ${tensor.label} is not the plan's own`); } });
  try {
    let best = Infinity;
    // The first round pays for what drivers do late.
    for (let round = 0; round <= ROUNDS; round++) {
      const seconds = (await timeExecution(gpu, execution, 'gauge')) / 1000;
      if (round > 0) best = Math.min(best, seconds);
    }
    return best / REPEATS;
  } finally {
    execution.destroy();
  }
}
