/** Regularisers other than dropout, to set against it: named settings of the optimizer's fields, each with its reason. */
import { DEFAULT_CONFIG, type RunConfig } from './config';

export const REGULARISER_NAMES = ['none', 'weight_decay', 'l1', 'smoothing', 'neftune'] as const;
export type RegulariserName = (typeof REGULARISER_NAMES)[number];

type Settings = Pick<RunConfig['optimizer'], 'weightDecay' | 'l1' | 'smoothing' | 'neftune'>;

export interface Regulariser {
  title: string;
  reason: string;
  source: string;
  layer: Partial<Settings>;
}

export const REGULARISERS: Record<RegulariserName, Regulariser> = {
  none: { title: 'None', reason: 'Nothing but dropout regularises.', source: '', layer: {} },
  weight_decay: { title: 'Weight decay', reason: 'Pulls every trained matrix towards zero at each step.', source: 'AdamW, arXiv 1711.05101; strong, because the run is short', layer: { weightDecay: 0.5 } },
  l1: { title: 'L1 on A and B', reason: 'A penalty on the absolute values of A and B, which drives small ones to zero.', source: 'Tibshirani 1996', layer: { l1: 3e-4 } },
  smoothing: { title: 'Label smoothing', reason: 'Asks for 90 % certainty instead of 100 %.', source: 'Szegedy et al. 2015, arXiv 1512.00567', layer: { smoothing: 0.1 } },
  neftune: { title: 'NEFTune', reason: 'Uniform noise on the token embeddings, in training only.', source: 'Jain et al. 2023, arXiv 2310.05914; α 5 is its smallest', layer: { neftune: 5 } },
};

const { weightDecay, l1, smoothing, neftune } = DEFAULT_CONFIG.optimizer;
const OFF: Settings = { weightDecay, l1, smoothing, neftune };

/** `base` with this regulariser alone. */
export function applyRegulariser(name: RegulariserName, base: RunConfig): RunConfig {
  return { ...base, optimizer: { ...base.optimizer, ...OFF, ...REGULARISERS[name].layer } };
}

/** The named setting that a configuration has, if any. */
export function regulariserOf({ optimizer }: RunConfig): RegulariserName | undefined {
  return REGULARISER_NAMES.find((name) => Object.entries({ ...OFF, ...REGULARISERS[name].layer }).every(([field, value]) => optimizer[field as keyof Settings] === value));
}
