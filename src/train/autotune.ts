/**
 * Which tile a GPU multiplies fastest with: measured on the adapter for the products a plan really has. No tile is good everywhere, and a
 * bad one costs half the speed. Software adapters are left out: their one kernel needs no tile, and compiling candidates takes them long.
 */
import { compile, type Plan } from '../graph/compile';
import type { Tile } from '../graph/emitter';
import { Execution } from '../graph/execution';
import { Tape } from '../graph/tape';
import { CompilerRefusal } from '../gpu/compilerRefusal';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { emitAdd } from '../kernels/add';
import { isFusedLinear } from '../kernels/fused_linear';
import { emitProduct, takesTile } from '../kernels/matmul';
import { timeExecution } from './timeExecution';

/**
 * Workgroups own 64×64, 32×32, 32×64 and 16×16 outputs, 4×4 an invocation; then 128×128, 64×64 and 32×64 with 8×8 or 4×8 an invocation, which
 * load less for each multiply-add but need twice to four times the registers; last, 64×64 without workgroup memory. All stay within 256
 * invocations and 16 KiB of workgroup memory.
 */
export const CANDIDATES: Tile[] = [
  { wx: 16, wy: 16, k: 16 }, { wx: 8, wy: 8, k: 16 }, { wx: 16, wy: 8, k: 16 }, { wx: 4, wy: 4, k: 16 },
  { wx: 16, wy: 16, k: 8, rowBlocks: 2, columnBlocks: 2 }, { wx: 8, wy: 8, k: 16, rowBlocks: 2, columnBlocks: 2 }, { wx: 8, wy: 8, k: 16, columnBlocks: 2 },
  { wx: 8, wy: 8, k: 0 },
];

/** Products of a plan that are worth measuring, the most expensive first. */
const MOST_PRODUCTS = 6;
/** Dispatches in one measurement: enough that a GPU's clock can see them. */
const REPEATS = 16;
const ROUNDS = 3;

export interface ProductSize { rows: number; columns: number; depth: number; products: number }

const work = ({ rows, columns, depth, products }: ProductSize) => rows * columns * depth * products;
/** Sizes within a factor of two behave alike. */
const keyOf = ({ rows, columns, depth, products }: ProductSize) => [rows, columns, depth, products].map((extent) => Math.round(Math.log2(extent))).join('×');

/** The distinct products of a plan, the most expensive first. */
export function productsOf(plan: Plan): ProductSize[] {
  const found = new Map<string, { size: ProductSize; work: number }>();
  for (const { shader, params, grid } of plan.dispatches) {
    if (!takesTile(shader) && !isFusedLinear(shader)) continue;
    const size = { rows: params.rows, columns: params.columns, depth: params.depth, products: grid[2] };
    const before = found.get(keyOf(size));
    found.set(keyOf(size), { size, work: (before?.work ?? 0) + work(size) });
  }
  return [...found.values()].sort((one, other) => other.work - one.work).map(({ size }) => size);
}

/** What a plan asks of a tuner. */
export type Tuner = Pick<Autotuner, 'tileFor' | 'tune'>;

/** Tiles that were chosen before, and no others: a run that goes on multiplies as it did. */
export function chosen(tiles: readonly [size: string, tile: Tile][]): Tuner {
  const known = new Map(tiles);
  return { tileFor: (rows, columns, depth, products) => known.get(keyOf({ rows, columns, depth, products })), tune: () => Promise.resolve(false) };
}

export class Autotuner {
  private readonly best = new Map<string, Tile>();

  constructor(private readonly gpu: Gpu, private readonly pipelines: Pipelines) {}

  /** The tile measured fastest for products of about this size, undefined where none was. */
  readonly tileFor = (rows: number, columns: number, depth: number, products: number): Tile | undefined => this.best.get(keyOf({ rows, columns, depth, products }));

  /** All that were measured so far. */
  choices(): [size: string, tile: Tile][] {
    return [...this.best];
  }

  /** Measures what `plan` multiplies most, once each per adapter. @returns whether a tile was measured that the plan does not know */
  async tune(plan: Plan): Promise<boolean> {
    if (this.gpu.profile !== 'gpu' || this.gpu.info.fallback) return false;
    const unknown = productsOf(plan).slice(0, MOST_PRODUCTS).filter((size) => !this.best.has(keyOf(size)));
    for (const size of unknown) this.best.set(keyOf(size), await this.fastest(size));
    return unknown.length > 0;
  }

  /** Measures every candidate in turn, several rounds, and takes the one whose best round was shortest. */
  async fastest(size: ProductSize): Promise<Tile> {
    const executions: Execution[] = [];
    try {
      // A tile that this compiler does not take is none of the candidates; if it takes none of them, that is a fault.
      const tiles: Tile[] = [];
      const refused: CompilerRefusal[] = [];
      for (const tile of CANDIDATES) {
        try {
          executions.push(await this.prepare(size, tile));
          tiles.push(tile);
        } catch (error) {
          if (!(error instanceof CompilerRefusal)) throw error;
          refused.push(error);
        }
      }
      if (tiles.length === 0) throw refused[0];
      const times = executions.map(() => Infinity);
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [index, execution] of executions.entries()) {
          const time = await timeExecution(this.gpu, execution, 'autotune');
          // The first round pays for what drivers do late.
          if (round > 0) times[index] = Math.min(times[index], time);
        }
      }
      return tiles[times.indexOf(Math.min(...times))];
    } finally {
      for (const execution of executions) execution.destroy();
    }
  }

  private prepare(size: ProductSize, tile: Tile): Promise<Execution> {
    const { rows, columns, depth, products } = size;
    const tape = new Tape();
    const matrix = (label: string, down: number, across: number) => tape.tensor(label, [products, down, across], 'activation');
    const [a, b, c] = [matrix('a', rows, depth), matrix('b', columns, depth), matrix('c', rows, columns)];
    const plan = compile(tape, { profile: 'gpu', subgroupSize: this.gpu.subgroupSize, samples: products, gradientSamples: products, tile }, {
      backward: false, add: emitAdd,
      finish: (emit) => {
        for (let repeat = 0; repeat < REPEATS; repeat++) {
          emitProduct(emit, {
            label: 'autotune', size, batch: { outer: products, inner: 1 },
            a: { tensor: a, row: depth, column: 1, outer: rows * depth }, b: { tensor: b, row: 1, column: depth, outer: columns * depth }, c: { tensor: c, row: columns, column: 1, outer: rows * columns },
          });
        }
      },
    });
    return Execution.create(this.gpu, this.pipelines, plan, { step: undefined as never, bindingOf: (tensor) => { throw new Error(`autotune: ${tensor.label} is not the plan's own`); } });
  }
}
