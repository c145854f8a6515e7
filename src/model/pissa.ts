/** PiSSA (Meng et al. 2024): LoRA that starts from the leading singular vectors, over a frozen rest. */
import type { ModelConfig } from './modelConfig';
import type { ParameterSpec } from './parameterSpec';
import { architectureOf } from './architectures';
import type { StoredTensor } from './files/storedTensors';
import { branchScale, type Trained } from './method';

const SWEEPS = 60;

/**
 * B = U_r·√(S_r/s), A = √(S_r/s)·V_rᵀ of W (rows, columns) = U·S·Vᵀ, so that s·B·A is its best approximation of rank r. One-sided Jacobi
 * on the columns, in float64: slow, exact, and small enough to read.
 */
export function principalFactors(weight: Float32Array, rows: number, columns: number, rank: number, scale: number): { a: Float32Array; b: Float32Array } {
  if (rank > Math.min(rows, columns)) throw new Error(`PiSSA: rank ${rank} of a ${rows}×${columns} weight; choose at most ${Math.min(rows, columns)}`);
  if (columns > rows) {
    // Fewer columns to rotate; more of them than rows would come out as zeros, between which rounding errors never come to rest.
    const turned = principalFactors(transposed(weight, rows, columns), columns, rows, rank, scale);
    return { a: transposed(turned.b, columns, rank), b: transposed(turned.a, rank, rows) };
  }
  // Column vectors of U·S, and of V, rotated in pairs until they are orthogonal.
  const u = Array.from({ length: columns }, (_, c) => Float64Array.from({ length: rows }, (__, r) => weight[r * columns + c]));
  const v = Array.from({ length: columns }, (_, c) => Float64Array.from({ length: columns }, (__, r) => Number(r === c)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < columns; p++) {
      for (let q = p + 1; q < columns; q++) rotated = orthogonalise(u[p], u[q], v[p], v[q]) || rotated;
    }
    if (!rotated) break;
  }
  const order = u.map((column, index) => ({ index, length: Math.hypot(...column) })).sort((one, other) => other.length - one.length).slice(0, rank);
  const a = new Float32Array(rank * columns);
  const b = new Float32Array(rows * rank);
  order.forEach(({ index, length }, r) => {
    const root = Math.sqrt(length / scale);
    for (let c = 0; c < columns; c++) a[r * columns + c] = v[index][c] * root;
    for (let row = 0; row < rows; row++) b[row * rank + r] = length > 0 ? (u[index][row] / length) * root : 0;
  });
  return { a, b };
}

/** (rows, columns) → (columns, rows). */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
  }
  return turned;
}

/** Rotates two columns so that they are orthogonal; false when they already were. */
function orthogonalise(x: Float64Array, y: Float64Array, vx: Float64Array, vy: Float64Array): boolean {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    xx += x[i] * x[i];
    yy += y[i] * y[i];
    xy += x[i] * y[i];
  }
  if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy) || xy === 0) return false;
  const zeta = (yy - xx) / (2 * xy);
  const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  const rotate = (one: Float64Array, other: Float64Array) => {
    for (let i = 0; i < one.length; i++) {
      const before = one[i];
      one[i] = cosine * before - sine * other[i];
      other[i] = sine * before + cosine * other[i];
    }
  };
  rotate(x, y);
  rotate(vx, vy);
  return true;
}

/** The frozen rest W − s·B·A of every adapted weight, by transformers' name, computed in float64, one after the other. */
export async function* residualWeights(
  config: ModelConfig, trained: Trained, specs: ParameterSpec[], checkpoint: ReadonlyMap<string, StoredTensor>, values: Map<string, Float32Array>,
): AsyncGenerator<[string, Float32Array<ArrayBuffer>], void> {
  const inputsFirst = architectureOf(config).name === 'gpt2';
  for (const { name, of, shape } of specs) {
    if (!of.endsWith('.lora_A')) continue;
    const [rank, inputs] = shape;
    const a = values.get(name)!;
    const b = values.get(name.replace('lora_A', 'lora_B'))!;
    const module = of.slice(0, -'.lora_A'.length);
    const scale = branchScale(trained, module);
    const tensor = `${module}.weight`;
    const weight = await checkpoint.get(tensor)!.read();
    const outputs = weight.length / inputs;
    const rest = weight.slice();
    const branch = new Float64Array(inputs);
    for (let o = 0; o < outputs; o++) {
      branch.fill(0);
      for (let r = 0; r < rank; r++) {
        const share = b[o * rank + r];
        for (let i = 0; i < inputs; i++) branch[i] += share * a[r * inputs + i];
      }
      const [start, stride] = inputsFirst ? [o, outputs] : [o * inputs, 1];
      for (let i = 0; i < inputs; i++) rest[start + i * stride] = weight[start + i * stride] - scale * branch[i];
    }
    yield [tensor, rest];
  }
}
