import { PACES, type Pace } from '../../store/pace';
import { Icon } from '../kit/Icon';
import { Popover } from '../kit/Popover';
import { usePage, usePlayground } from '../kit/context';

const words = (pace: Pace) => (pace === 'calm' ? 'A run in about ten seconds' : pace === 'full' ? 'Full speed' : `${pace} ${pace === 1 ? 'step' : 'steps'} a second`);

/** How fast runs go where they could go faster. */
export function PaceMenu() {
  const { setView } = usePlayground();
  const chosen = usePage((state) => state.view.pace);
  return (
    <Popover label={`Pace: ${words(chosen).toLowerCase()}`} className="button icon" side="from-left" button={<Icon name="pace" />}>
      {(close) => (
        <ul className="menu">
          {PACES.map((pace) => (
            <li key={pace}><button type="button" className="button plain" aria-pressed={pace === chosen} onClick={() => { setView({ pace }); close(); }}>{words(pace)}</button></li>
          ))}
          <li className="small muted">Where the GPU would be faster. Waiting is in no axis of seconds and no step time.</li>
        </ul>
      )}
    </Popover>
  );
}
