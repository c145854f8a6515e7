/** The plans of a decoder that writes: one that reads whole prompts, and one that adds a token to each. Both end in the logits of the next token. */
import { compile, type Plan } from '../graph/compile';
import { Tape } from '../graph/tape';
import { emitAdd } from '../kernels/add';
import { NO_BRANCH } from '../kernels/site';
import type { Recording } from '../model/builder';
import type { CacheShape } from '../model/keyValueCache';
import type { Trained } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import type { BatchShape } from '../model/passes';
import type { PlanTarget } from '../model/plans';
import { recordModel } from '../model/stages';

function plan(target: PlanTarget, recording: Omit<Recording, 'tape' | 'rules' | 'pass'>): Plan {
  const tape = new Tape();
  const { samples } = recording;
  tape.keep('logits', recordModel({ tape, rules: {}, pass: { samples, branch: 0, cleanBranch: NO_BRANCH }, ...recording }));
  return compile(tape, { ...target, samples, gradientSamples: samples }, { backward: false, add: emitAdd });
}

/**
 * Whole rows, padded on the right: the logits behind each row's last real token, (B, vocabulary).
 * @param cache left out: keys and values are not kept, and every token costs the whole row again
 */
export function planFill(config: ModelConfig, trained: Trained, batch: BatchShape, target: PlanTarget, cache?: CacheShape): Plan {
  return plan(target, { config, trained, ...batch, lastRow: true, cached: cache && { use: 'fill', cache } });
}

/** One token of each sample behind what the cache holds of it: logits (S, 1, vocabulary). */
export function planStep(config: ModelConfig, trained: Trained, cache: CacheShape, target: PlanTarget): Plan {
  return plan(target, { config, trained, samples: cache.samples, tokens: 1, cached: { use: 'step', cache } });
}
