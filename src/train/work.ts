/** What a run gives an adapter to do: the products and dispatches of its steps and evaluations. */
import type { RunConfig } from '../config/config';
import type { Buckets } from '../data/buckets';
import type { Plan } from '../graph/compile';
import { attentionMultiplyAdds } from '../kernels/attention';
import { fusedMultiplyAdds } from '../kernels/fused_linear';
import { groupedMultiplyAdds } from '../kernels/grouped_products';
import { multiplyAdds } from '../kernels/matmul';
import type { Work } from '../protocol/planMessages';
import type { Dataset } from './dataset';
import { chunksOf, pool } from './evaluationChunks';

const NOTHING: Work = { multiplyAdds: 0, dispatches: 0 };
const plus = (sum: Work, more: Work, times = 1): Work => ({ multiplyAdds: sum.multiplyAdds + times * more.multiplyAdds, dispatches: sum.dispatches + times * more.dispatches });

/** Of whatever kernel: each counts its own. */
const COUNTS = [multiplyAdds, fusedMultiplyAdds, groupedMultiplyAdds, attentionMultiplyAdds];

const workOf = ({ dispatches }: Plan): Work => ({ multiplyAdds: dispatches.reduce((sum, dispatch) => sum + COUNTS.reduce((more, count) => more + count(dispatch), 0), 0), dispatches: dispatches.length });

/** All plans that a run takes turns with, as `preparation.ts` makes them. */
export interface RunPlans {
  training: readonly Plan[];
  evaluation: readonly { width: number; plan: Plan }[];
  evaluationRows: number;
  buckets: Buckets;
}

/** A mean step: each width as often as rows are in it, the consistency term at every n-th. */
function workOfStep(config: RunConfig, { training, buckets: { widths, bucketOf } }: RunPlans): Work {
  const turns = training.length / widths.length;
  const { every = 1 } = config.consistency;
  return widths.reduce((sum, _, bucket) => {
    const share = bucketOf.reduce((rows, one) => rows + Number(one === bucket), 0) / bucketOf.length;
    // The widest plans come first.
    const [whole, between] = training.slice((widths.length - 1 - bucket) * turns, (widths.length - bucket) * turns).map(workOf);
    const withTerm = between ? 1 / every : 1;
    return plus(plus(sum, whole, share * withTerm), between ?? NOTHING, share * (1 - withTerm));
  }, NOTHING);
}

/** One evaluation of the held-out rows that are scored, and of the sample of training rows. */
function workOfEvaluation({ evaluation, evaluationRows }: RunPlans, { validation, sample }: Pick<Dataset, 'validation' | 'sample'>): Work {
  const pooled = pool([validation, sample]);
  return chunksOf(pooled, evaluationRows).reduce((sum, [longest]) => {
    const { plan } = evaluation.find(({ width }) => width >= pooled.ids[longest].length) ?? evaluation[evaluation.length - 1];
    return plus(sum, workOf(plan));
  }, NOTHING);
}

/** The whole run: its steps, and the evaluations before, between and behind them. */
export function workOfRun(config: RunConfig, plans: RunPlans, data: Pick<Dataset, 'validation' | 'sample'>): Work {
  const { steps, accumulation } = config.optimizer;
  const evaluations = 1 + Math.ceil(steps / config.evaluation.every);
  return plus(plus(NOTHING, workOfStep(config, plans), steps * accumulation), workOfEvaluation(plans, data), evaluations);
}
