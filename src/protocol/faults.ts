/**
 * Everything that can go wrong, as data: a code, the numbers, and whether the run survives. The words of each, its one action and its test
 * are beside it (faultWords.ts), for the page and for commands.
 */
import type { WeightFormat } from '../config/weightFormats';

export type Fault =
  | { code: 'no_webgpu' }
  | { code: 'insecure_context' }
  | { code: 'no_adapter' }
  | { code: 'limit_too_small'; limit: string; needed: number; offered: number }
  | { code: 'self_test_failed'; detail: string }
  /** A kernel (shader and entry point) does not compile here; `words` are the compiler's own. */
  | { code: 'compiler_refused'; kernel: string; words: string }
  /** The plan does not fit; `lower` names the controls that shrink it most, first first. `raise`: the budget may be raised to what it needs; `weights`: the format that `model.weights` would be lowered to. */
  | { code: 'out_of_memory'; predicted: boolean; neededBytes: number; budgetBytes: number; largest: { label: string; bytes: number }[]; lower: string[]; raise?: boolean; weights?: WeightFormat }
  | { code: 'device_lost'; reason: string }
  /** The loss or the gradient norm of `step` is not a finite number, or far outside what was seen before; the rate is that of the configuration. */
  | { code: 'diverged'; step: number; loss: number; learningRate: number }
  | { code: 'bad_config'; problems: string[] }
  | { code: 'load_failed'; file: string; detail: string }
  /** A mistake of ours: an exception, or a WebGPU validation error with the label of the dispatch. */
  | { code: 'internal'; detail: string }
  | { code: 'worker_crashed'; detail: string };

export type FaultCode = Fault['code'];
