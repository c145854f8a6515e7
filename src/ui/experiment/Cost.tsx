import { useEffect } from 'react';
import type { RunConfig } from '../../config/config';
import type { TaskName } from '../../config/tasks';
import { bytes, duration } from '../../protocol/format';
import { costOf, type Menu, modelChoice, secondsOf, SLOW, taskChoice } from '../../store/costs';
import { isLive } from '../../store/state';
import { usePage, usePlayground } from '../kit/context';
import { useFold } from '../kit/useFold';

/** Settings that are still being drawn need no plan. */
const QUIET_MS = 600;

/** Asks what the choices of a menu would take, while its card is unfolded. */
export function useCosts(card: string, menu: Menu): void {
  const { costs } = usePlayground();
  const [open] = useFold(card);
  const draft = usePage((state) => state.draft);
  // The first plan comes before all others.
  const planned = usePage((state) => state.plan !== undefined && !isLive(state.phase));
  useEffect(() => {
    if (!open || !planned) return undefined;
    const timer = setTimeout(() => costs.weigh(menu), QUIET_MS);
    return () => clearTimeout(timer);
  }, [open, planned, draft, costs, menu]);
}

/** With another task of the page, and all else as it is on the cards. */
export function TaskCost({ name }: { name: TaskName }) {
  const [draft, models] = [usePage((state) => state.draft), usePage((state) => state.models)];
  return <Cost of={taskChoice({ draft, models }, name)} />;
}

/** With another model of the page. */
export function ModelCost({ source }: { source: string }) {
  const [draft, models] = [usePage((state) => state.draft), usePage((state) => state.models)];
  return <Cost of={modelChoice({ draft, models }, source)} />;
}

export const DraftCost = () => <Cost of={usePage((state) => state.draft)} />;

/** What a run of a choice takes on this adapter: where it is slow that is said first. Nothing before it is known. */
function Cost({ of }: { of: RunConfig }) {
  const plan = usePage((state) => costOf(state, of));
  const seconds = usePage((state) => plan && secondsOf(plan.work, state.gauge, state.slowness));
  if (!plan || seconds === undefined) return null;
  const slow = seconds > SLOW;
  return <em className={slow ? 'tile-cost slow' : 'tile-cost'}>{slow && 'Slow here: '}about {duration(seconds)}, {bytes(plan.bytes.total)}</em>;
}
