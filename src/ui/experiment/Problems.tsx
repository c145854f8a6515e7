import { draftFacts } from '../../store/state';
import { usePage } from '../kit/context';
import { type CardName, problemsOf } from './problemsOf';

/** What stands in the way of a run, in the card where it can be mended. */
export function Problems({ card }: { card: CardName }) {
  const draft = usePage((state) => state.draft);
  const facts = usePage(draftFacts);
  return problemsOf(draft, facts, card).map((sentence) => <p key={sentence} className="field-refusal" role="alert">{sentence}</p>);
}
