/** The format of a reference case's `case.json`, and what the engine makes of it. */
import { CONSISTENCY_KINDS, type DropoutRules, dropoutProblems, type Pattern, type Compensation, type Position, POSITIONS, type SecondPass } from '../config/dropout';
import { PEFT_KINDS, type PeftKind, type Target, TARGETS } from '../config/peft';
import type { Problem } from '../model/modelConfig';
import type { Method } from '../model/method';

export interface ParityCase {
  name: string;
  arch: string;
  task: 'classification' | 'regression' | 'lm';
  /** Left out: 1 for a regression, else 3, as the script that writes the cases has it. */
  n_labels?: number;
  mask_seed: number;
  size: { layers: number };
  method: {
    peft: string;
    targets?: string[];
    r?: number;
    alpha?: number;
    ratio?: number;
    virtual_tokens?: number;
    bottleneck?: number;
    dropout?: Partial<Record<Position, { p: number; pattern: Pattern; compensation?: Compensation; from_layer?: number }>>;
    consistency?: { kind: Method['consistency']['kind']; alpha?: number; second?: SecondPass };
  };
  hyper: {
    lr: number; weight_decay: number; warmup: number; total: number; clip?: number; smoothing?: number;
    /** Batches whose gradients make one step; left out: 1. */
    accumulation?: number;
    /** λ of the L1 penalty on A and B, α of NEFTune's noise; left out or 0: none. */
    l1?: number;
    neftune?: number;
  };
  batches: { input_ids: number[][]; attention_mask: number[][]; labels: (number | number[])[] }[];
}

/** Python writes NaN and Infinity as bare words, which no JSON has: they become texts, so that whoever reads the value can say where it stands. */
export const readCase = (text: string): ParityCase => JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) => (found.startsWith('"') ? found : `"${found}"`))) as ParityCase;

/** Outputs of the head. */
export const labelsOf = ({ n_labels, task }: ParityCase): number => n_labels ?? (task === 'regression' ? 1 : 3);

export const problemOf = ({ task }: ParityCase): Problem => (task === 'lm' ? 'language_model' : task);

/** @throws when the case asks for something the engine does not have, naming it */
export function methodOf(description: ParityCase): Method {
  const { name, method } = description;
  const refuse = (what: string) => new Error(`case ${name}: ${what}`);
  const peft = method.peft as PeftKind;
  if (!PEFT_KINDS.includes(peft)) throw refuse(`method.peft "${method.peft}" is not supported; it must be one of ${PEFT_KINDS.join(', ')}`);
  if (!['classification', 'regression', 'lm'].includes(description.task)) throw refuse(`task "${description.task}" is not supported; it must be classification, regression or lm`);
  const targets = (method.targets ?? []).map((target) => {
    if (!TARGETS.includes(target as Target)) throw refuse(`LoRA target "${target}" is not supported; it must be one of ${TARGETS.join(', ')}`);
    return target as Target;
  });
  const dropout: DropoutRules = {};
  for (const [position, rule] of Object.entries(method.dropout ?? {})) {
    if (!POSITIONS.includes(position as Position)) throw refuse(`dropout position "${position}" is unknown`);
    const { from_layer, ...rest } = rule;
    dropout[position as Position] = { ...rest, fromLayer: from_layer };
  }
  const [problem] = dropoutProblems(dropout, description.size.layers);
  if (problem) throw refuse(problem);
  const kind = method.consistency?.kind ?? 'none';
  if (!CONSISTENCY_KINDS.includes(kind)) throw refuse(`consistency "${kind}" is unknown`);
  return {
    peft,
    ratio: method.ratio,
    virtualTokens: method.virtual_tokens,
    bottleneck: method.bottleneck,
    rank: method.r ?? 8,
    alpha: method.alpha ?? 16,
    targets,
    dropout,
    consistency: { kind, alpha: method.consistency?.alpha ?? 0, second: method.consistency?.second ?? 'dropped_stopgrad' },
    penalised: (description.hyper.l1 ?? 0) > 0,
    noisy: (description.hyper.neftune ?? 0) > 0,
  };
}
