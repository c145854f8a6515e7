/** What a trainer and its plans are made from. */
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import type { Checkpoint } from '../model/files/folder';
import type { Method, Passes } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import type { BatchShape, Cached } from '../model/passes';
import type { PlanTarget } from '../model/plans';
import type { Weights } from '../model/weights';

export interface TrainerOptions {
  gpu: Gpu;
  pipelines: Pipelines;
  checkpoint: Checkpoint;
  /** The checkpoint's tensors on the device, the caller's; left out: loaded for this trainer. PiSSA writes into them. */
  weights?: Weights;
  /** The checkpoint's configuration with the head the task needs. */
  config: ModelConfig;
  method: Method;
  /** Its tokens are those of the widest batches. */
  batch: BatchShape;
  /** Tokens that batches are wide, ascending, one plan each; left out: all are as wide as the widest. */
  widths?: readonly number[];
  /** M: micro-batches a step may have; left out: 1. */
  accumulation?: number;
  /** States of lower stages that `keepStates` computes once for every training row. */
  cached?: Cached;
  passes?: Passes;
  keep?: string[];
  target?: Partial<PlanTarget>;
  /** Tests only, see `PassOptions`. */
  recompute?: boolean;
  whole?: boolean;
}
