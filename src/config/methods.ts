/** What each method starts from: its own settings and a learning rate that suits it, with the reason. */
import { DEFAULT_CONFIG, type RunConfig } from './config';
import type { PeftKind } from './peft';

export interface MethodPreset {
  /** What is trained, in a sentence for people who choose. */
  reason: string;
  source: string;
  /** Settings besides those of DEFAULT_CONFIG. */
  layer: { model?: Partial<RunConfig['model']>; learningRate?: number };
}

export const METHODS: Record<PeftKind, MethodPreset> = {
  lora: { reason: 'A low-rank matrix BA beside each chosen frozen layer.', source: 'Hu et al. 2021, arXiv 2106.09685', layer: {} },
  rslora: { reason: 'LoRA scaled by α/√r, so that a higher rank does not learn more slowly.', source: 'Kalajdzievski 2023, arXiv 2312.03732', layer: { learningRate: 3e-3 } },
  dora: { reason: 'LoRA for the direction of each weight row, and one trained number for its length.', source: 'Liu et al. 2024, arXiv 2402.09353', layer: {} },
  loraplus: { reason: 'LoRA whose B learns many times faster than its A.', source: 'Hayou et al. 2024, arXiv 2402.12354', layer: { learningRate: 1e-3 } },
  pissa: { reason: 'LoRA that starts from the leading singular vectors, which are taken out of the frozen weight.', source: 'Meng et al. 2024, arXiv 2404.02948', layer: { model: { alpha: 8 }, learningRate: 3e-3 } },
  prompt: { reason: 'Trained vectors in front of the text; all layers stay frozen.', source: 'Lester et al. 2021, arXiv 2104.08691', layer: { learningRate: 0.05 } },
  prefix: { reason: 'Trained keys and values in front of each layer’s own.', source: 'Li and Liang 2021, arXiv 2101.00190', layer: { learningRate: 0.03 } },
  adapter: { reason: 'A small bottleneck with GELU after attention and after the FFN of each layer, and the norms beside them.', source: 'Houlsby et al. 2019, arXiv 1902.00751', layer: { learningRate: 3e-3 } },
  bitfit: { reason: 'Only the biases and the head.', source: 'Ben Zaken et al. 2021, arXiv 2106.10199', layer: { learningRate: 0.01 } },
  full: { reason: 'Every weight: the most that can be learned, and learned by heart.', source: 'Devlin et al. 2018, arXiv 1810.04805', layer: { learningRate: 1e-3 } },
};

/** `base` with a method and its settings; everything else stays. */
export function applyMethod(peft: PeftKind, base: RunConfig): RunConfig {
  const { model = {}, learningRate = DEFAULT_CONFIG.optimizer.learningRate } = METHODS[peft].layer;
  const { adapter: _, ...before } = base.model;
  const { rank, alpha, fromLayer, ratio, virtualTokens, bottleneck } = DEFAULT_CONFIG.model;
  return {
    ...base,
    model: { ...before, peft, rank, alpha, fromLayer, ratio, virtualTokens, bottleneck, ...model },
    optimizer: { ...base.optimizer, learningRate },
  };
}
