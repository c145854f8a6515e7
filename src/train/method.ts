/** What of a run's configuration shapes its plan. */
import type { RunConfig } from '../config/config';
import type { Method } from '../model/method';

export function methodOf({ model, dropout, consistency, optimizer }: RunConfig): Method {
  const { peft, rank, alpha, targets, fromLayer, ratio, virtualTokens, bottleneck, weights } = model;
  return { peft, rank, alpha, targets, fromLayer, ratio, virtualTokens, bottleneck, weights, dropout, consistency, penalised: optimizer.l1 > 0, noisy: optimizer.neftune > 0 };
}
