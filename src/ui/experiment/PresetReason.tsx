import type { ReactNode } from 'react';
import { isLive } from '../../store/state';
import { usePage } from '../kit/context';

/** Why one would run the chosen preset, what follows from choosing it now, and where it is from. */
export function PresetReason({ children, source, takesEffect }: { children: ReactNode; source: string; takesEffect: boolean }) {
  const live = usePage((state) => isLive(state.phase));
  return (
    <p className="small muted">
      {children} {live && (takesEffect ? 'A choice takes effect in the running run. ' : 'A choice waits for a restart. ')}
      <span className="source">{source}</span>
    </p>
  );
}
