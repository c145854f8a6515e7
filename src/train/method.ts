/** What of a run's configuration shapes its plan. */
import type { RunConfig } from '../config/config';
import type { Method } from '../model/method';

export function methodOf({ model, dropout, consistency }: RunConfig): Method {
  return { peft: 'lora', rank: model.rank, alpha: model.alpha, targets: model.targets, dropout, consistency };
}
