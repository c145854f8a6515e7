/** Which card says what stands in the way: each sentence of a configuration's problems belongs to one of them. */
import type { RunConfig } from '../../config/config';
import type { ModelTraits } from '../../config/models';
import { configProblems } from '../../config/problems';

export type CardName = 'dropout' | 'data' | 'model' | 'optimizer';

/** The model's card says what no other does: its sentences begin with the names of methods. */
function cardOf(sentence: string): CardName {
  if (/^(dropout|consistency)/.test(sentence)) return 'dropout';
  if (/^data/.test(sentence)) return 'data';
  return /^(optimizer|evaluation|seed)/.test(sentence) ? 'optimizer' : 'model';
}

export const problemsOf = (config: RunConfig, facts: ModelTraits | undefined, card: CardName) => configProblems(config, facts).filter((sentence) => cardOf(sentence) === card);
