/** What a run of LoRA takes on models that no machine here holds, from their configurations alone. */
import { DEFAULT_CONFIG } from '../config/config';
import type { WeightFormat } from '../config/weightFormats';
import { liveBytes } from '../graph/place';
import { bodyShapes } from '../model/files/checkpointNames';
import { parseCheckpointConfig } from '../model/files/checkpointConfig';
import { outlined } from '../model/files/storedTensors';
import { formatOf, frozenTensors } from '../model/formatOf';
import type { Method } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import { planTraining } from '../model/plans';
import { sliceArena } from '../model/state';
import { weightBytes } from '../model/weights';
import { ARENA_COPIES } from '../train/preparation';

export interface PredictedSize {
  weights: number;
  /** Trained tensors, gradients, moments, groups and the copies for the best evaluation. */
  optimizer: number;
  train: number;
  /** Most bytes of the plan's activations that are in use at once. */
  live: number;
}

/** @param json a config.json. LoRA of rank 8 on queries and values, without dropout. */
export function predictSize(json: string, problem: ModelConfig['problem'], weights: WeightFormat, samples: number, tokens: number): PredictedSize {
  const config: ModelConfig = { ...parseCheckpointConfig(json), problem };
  const { model_type: type, tie_word_embeddings: tied = true } = JSON.parse(json) as { model_type: string; tie_word_embeddings?: boolean };
  const targets: Method['targets'] = type === 'gpt2' ? ['qkv'] : ['q', 'v'];
  const method: Method = { peft: 'lora', rank: 8, alpha: 16, targets, weights, dropout: {}, consistency: DEFAULT_CONFIG.consistency };
  const specs = parameterSpecs(config, method);
  const plan = planTraining(config, method, { samples, tokens }, sliceArena(specs), { profile: 'gpu', subgroupSize: 32 });
  const tensors = new Map([...bodyShapes(config)].map(([name, shape]) => [name, outlined(name, shape)]));
  if (!tied) tensors.set('lm_head.weight', outlined('lm_head.weight', [config.vocabulary, config.hidden]));
  const held = formatOf(config, method);
  return {
    weights: [...frozenTensors(config, method, tensors)].reduce((sum, [name, tensor]) => sum + weightBytes(tensor, held(name)), 0),
    optimizer: ARENA_COPIES * sliceArena(specs).bytes, train: plan.bytes, live: liveBytes(plan.dispatches, new Set(plan.kept.values())),
  };
}
