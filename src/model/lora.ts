/** The low-rank branch of a linear layer: LoRA (Hu et al. 2021), and DoRA (Liu et al. 2024). */
import type { Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { recordColumnScale } from '../kernels/column_scale';
import { recordDoraNorm } from '../kernels/dora_norm';
import { recordLinear } from '../kernels/matmul';

export interface LowRank {
  /** What the frozen layer read, and what the branch reads: the same unless the branch's input is dropped. */
  x: Tensor;
  dropped: Tensor;
  /** The frozen layer's output, to which the branch is added. */
  y: Tensor;
  /** (r,K) and (N,r). */
  a: Tensor;
  b: Tensor;
  /** μ (N), DoRA only. */
  magnitude?: Tensor;
  dora: boolean;
  /** s: what the branch is multiplied by. */
  scale: number;
  frozen?: { weight: Tensor; transposed: boolean };
  /** The mask of the bottleneck. */
  dropRank(u: Tensor): Tensor;
}

/**
 * LoRA: y += s·(x̃Aᵀ)Bᵀ.
 * DoRA: y += (μ/n − 1)·x̃Wᵀ + (μ/n)·s·x̃AᵀBᵀ, n the norms of the rows of W + sBA, not differentiated. Computed as
 * y − x̃Wᵀ + (μ/n)·q with q = x̃Wᵀ + s·x̃AᵀBᵀ.
 */
export function recordLowRank(tape: Tape, label: string, branch: LowRank): Tensor {
  const { dropped, y, a, b, magnitude, dora, scale, frozen } = branch;
  const addBranch = (into: Tensor) => recordLinear(tape, `${label} lora B`, branch.dropRank(recordLinear(tape, `${label} lora A`, dropped, a)), b, { scale, into });
  if (!dora) return addBranch(y);
  if (!frozen || !magnitude) throw new Error(`DoRA: ${label} is a slice of a fused layer; choose the fused layer as target`);
  const { weight, transposed } = frozen;
  const plain = recordLinear(tape, `${label} dora minus`, dropped, weight, { scale: -1, into: y, transposed });
  const q = addBranch(recordLinear(tape, `${label} dora base`, dropped, weight, { transposed }));
  const norm = recordDoraNorm(tape, `${label} dora norm`, weight, a, b, { scale, transposed });
  return recordColumnScale(tape, `${label} dora scale`, q, magnitude, norm, plain);
}
