import { kindOf } from '../../config/config';
import { isLora } from '../../config/peft';
import type { PlanSummary } from '../../protocol/planMessages';
import { digits, grouped, percent } from '../../protocol/format';
import { usePage } from '../kit/context';

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
const count = (layers: number) => (layers === 1 ? 'The first layer' : `The first ${SMALL[layers] ?? layers} layers`);

/** What of the work is done once, where nothing below a layer is trained or dropped. */
function sharedSentence({ layers, cached }: PlanSummary['shared']): string {
  if (layers === 0) return '';
  const does = layers === 1 ? 'is' : 'are';
  return `${count(layers)} ${does} computed once for ${cached ? 'every training row' : 'both passes'}: nothing there is trained or dropped.`;
}

/** Rows of which the greatest length leaves nothing to write. */
const leftOutSentence = ({ of, leftOut }: NonNullable<PlanSummary['rows']>): string => (leftOut > 0 ? ` ${grouped(leftOut)} of ${grouped(of)} rows are left out: their prompt alone fills the greatest length.` : '');

/** How conversations are put into text, and those that are not. */
function conversationsSentence({ template, refused, said }: NonNullable<PlanSummary['conversations']>): string {
  if (!template) return ' The model has no chat template: the turns before the last answer are read as lines, without their roles, and only that answer is scored.';
  return ` Conversations are put into text by the model's own chat template; what the assistant says is scored.${refused > 0 ? ` ${grouped(refused)} ${refused === 1 ? 'is' : 'are'} left out: ${said}.` : ''}`;
}

/** How the branch is scaled, how much is trained, and what the plan saves. */
export function PlanFacts() {
  const { rank, alpha, peft } = usePage((state) => state.draft.model);
  const writes = usePage((state) => kindOf(state.draft.data) === 'language_model');
  const plan = usePage((state) => state.plan);
  const root = peft === 'rslora';
  const scale = root ? alpha / Math.sqrt(rank) : alpha / rank;
  return (
    <p className="small muted">
      {isLora(peft) && `The branch is scaled by ${root ? 'α/√r' : 'α/r'} = ${digits(scale)}. `}
      {plan && <>Trains {grouped(plan.parameters.trainable)} of {grouped(plan.parameters.total)} weights ({percent(plan.parameters.trainable / plan.parameters.total)}){!writes && ', the head included'}; {plan.model.layers} layers × {plan.model.width} channels, {plan.model.heads} heads. {sharedSentence(plan.shared)}</>}
      {plan?.rows && leftOutSentence(plan.rows)}
      {plan?.conversations && conversationsSentence(plan.conversations)}
    </p>
  );
}
