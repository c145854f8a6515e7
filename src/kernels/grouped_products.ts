/** Several small products in one dispatch. For GPUs: what is small there costs more to launch than to compute. */
import code from '../../shaders/grouped_products.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Dispatch, Emitter } from '../graph/emitter';
import type { Tensor } from '../graph/tensor';

const groupedShader = shader('grouped_products', code);

/** A matrix in its buffer: element [r, c] is at start + row·r + column·c. */
export interface Matrix { tensor: Tensor; start?: number; row: number; column: number }

/** C (rows, columns) (+)= scale·A (rows, depth)·B (depth, columns); without a B the sums of A's rows. C's rows are without gaps across. */
export interface SmallProduct {
  label: string;
  a: Matrix;
  b?: Matrix;
  c: Omit<Matrix, 'column'> & { accumulate?: 0 | 1 };
  size: { rows: number; columns: number; depth: number };
  scale?: number;
}

/** What one dispatch has: products, buffers that are read only, and buffers that may be written. */
const [PRODUCTS, READ, WRITTEN] = [6, 4, 4];
const ONES = READ + WRITTEN;
/** The first workgroup of a product that is not there. */
const NONE = 0xffffffff;
const SIDE = 8;
const MOST_ACROSS = 32768;

/** Multiply-adds of a dispatch, 0 where it is none of these. */
export function groupedMultiplyAdds({ shader: of, params }: Pick<Dispatch, 'shader' | 'params'>): number {
  if (of !== groupedShader) return 0;
  let sum = 0;
  for (let index = 0; index < PRODUCTS && params[`first${index}`] !== NONE; index++) sum += params[`rows${index}`] * params[`columns${index}`] * params[`depth${index}`];
  return sum;
}

/** The buffers of some products by their number in the shader, undefined where they are too many. */
function numbersOf(products: readonly SmallProduct[]): Map<Tensor, number> | undefined {
  if (products.length > PRODUCTS) return undefined;
  const written = new Set(products.map(({ c }) => c.tensor));
  const read = new Set(products.flatMap(({ a, b }) => [a.tensor, ...(b ? [b.tensor] : [])]));
  const numbers = new Map<Tensor, number>();
  let next = READ;
  for (const tensor of written) numbers.set(tensor, next++);
  // What is too much to be read stands among those that may be written; but not a parameter, beside others of one buffer that are only read.
  const order = [...read].sort((one, other) => Number(one.role === 'activation') - Number(other.role === 'activation'));
  order.forEach((tensor, index) => numbers.set(tensor, index < READ ? index : tensor.role === 'activation' ? next++ : ONES));
  return next > ONES || [...numbers.values()].includes(ONES) ? undefined : numbers;
}

/** Whether the product adds to what one of those before it writes: that must have been written then. */
const addsTo = (before: readonly SmallProduct[], { c }: SmallProduct): boolean => c.accumulate === 1 && before.some((one) => one.c.tensor === c.tensor);

/** Emits products that read nothing that another of them writes, as few dispatches as their buffers allow. */
export function emitGrouped(emit: Emitter, products: readonly SmallProduct[]): void {
  for (let from = 0; from < products.length;) {
    let to = from + 1;
    while (to < products.length && numbersOf(products.slice(from, to + 1)) && !addsTo(products.slice(from, to), products[to])) to++;
    emitTogether(emit, products.slice(from, to));
    from = to;
  }
}

function emitTogether(emit: Emitter, products: readonly SmallProduct[]): void {
  const numbers = numbersOf(products)!;
  const params: Record<string, number> = {};
  let groups = 0;
  for (let index = 0; index < PRODUCTS; index++) {
    // What is not there begins behind the last workgroup.
    const { a, b, c, size, scale = 1 } = products[Math.min(index, products.length - 1)];
    const across = Math.ceil(size.columns / SIDE);
    const fields = {
      rows: size.rows, columns: size.columns, depth: size.depth,
      a: numbers.get(a.tensor)!, a_start: a.start ?? 0, a_row: a.row, a_depth: a.column,
      b: b ? numbers.get(b.tensor)! : ONES, b_start: b?.start ?? 0, b_depth: b?.row ?? 0, b_column: b?.column ?? 0,
      c: numbers.get(c.tensor)!, c_start: c.start ?? 0, c_row: c.row, accumulate: c.accumulate ?? 0,
      scale, first: index < products.length ? groups : NONE, across,
    };
    for (const [name, value] of Object.entries(fields)) params[`${name}${index}`] = value;
    if (index < products.length) groups += across * Math.ceil(size.rows / SIDE);
  }
  const bindings = Object.fromEntries([...numbers].map(([tensor, number]) => [number < READ ? `read${number}` : `written${number - READ}`, tensor]));
  const x = Math.min(groups, MOST_ACROSS);
  emit.dispatch({ label: products.map(({ label }) => label).join(', '), shader: groupedShader, entry: 'forward', params, bindings, grid: [x, Math.ceil(groups / x), 1] });
}
