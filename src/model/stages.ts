/**
 * A model as a row of stages: stage 0 is the embeddings, stage l + 1 is layer l, and the head follows the last. What two passes of a
 * consistency loss have in common, and what never changes for a training row, are the stages below some border.
 */
import { isLora } from '../config/peft';
import { type DropoutRules, POSITIONS } from '../config/dropout';
import { Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { NO_BRANCH } from '../kernels/site';
import type { ModelConfig } from './modelConfig';
import { architectureOf } from './architectures';
import { Builder, type Recording } from './builder';
import type { Method } from './method';
import { parameterSpecs } from './parameters';

/** A tensor that enters `stage`: the output of the stage below it. */
export interface Border {
  stage: number;
  x: Tensor;
}

/** Records the stages from `from` up to, not including, `to`. */
export function recordStages(recording: Recording, to: number, from?: Border): Tensor {
  return advance(builderOf(recording), to, from);
}

/** Records the model, from `from` on where that is given, and returns its logits: (S, labels), or (S,V+T,vocabulary) for a language model. */
export function recordModel(recording: Recording, from?: Border): Tensor {
  const build = builderOf(recording);
  return architectureOf(recording.config).head(build, advance(build, recording.config.layers + 1, from));
}

function builderOf(recording: Recording): Builder {
  const { config, trained } = recording;
  return new Builder(recording, architectureOf(config), parameterSpecs(config, trained));
}

function advance(build: Builder, to: number, from?: Border): Tensor {
  const architecture = architectureOf(build.config);
  let x = from?.x ?? architecture.embed(build);
  for (let stage = Math.max(from?.stage ?? 1, 1); stage < to; stage++) x = architecture.layer(build, stage - 1, x);
  return x;
}

/** The first stage in which something is random; layers + 1 where that is the head, or nothing is. A rule counts even while its rate is 0. */
export function firstRandomStage(config: ModelConfig, { peft, fromLayer = 0, dropout, noisy }: Pick<Method, 'peft' | 'fromLayer' | 'dropout' | 'noisy'>): number {
  if (noisy || dropout.embedding) return 0;
  const stages = POSITIONS.map((position) => {
    const rule = dropout[position];
    if (!rule || position === 'output') return config.layers + 1;
    if (!position.startsWith('lora')) return 1 + (rule.fromLayer ?? 0);
    return isLora(peft) ? 1 + Math.max(rule.fromLayer ?? 0, fromLayer) : config.layers + 1;
  });
  return Math.min(...stages);
}

/** How many stages, from the first on, give the same output for a row at every step: nothing in them is random, and nothing is trained. */
export function unchangingStages(config: ModelConfig, method: Method): number {
  const tape = new Tape();
  const none: DropoutRules = {};
  const build = builderOf({ tape, config, trained: method, rules: none, pass: { samples: 1, branch: 0, cleanBranch: NO_BRANCH }, samples: 1, tokens: 1 });
  const architecture = architectureOf(config);
  const most = firstRandomStage(config, method);
  let x: Tensor | undefined;
  for (let stage = 0; stage < most; stage++) {
    x = stage === 0 ? architecture.embed(build) : architecture.layer(build, stage - 1, x!);
    if (x.needsGradient) return stage;
  }
  return most;
}
