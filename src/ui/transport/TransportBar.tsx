import { startObstacle } from '../../store/obstacles';
import { isLive } from '../../store/state';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';
import { DeviceChip } from './DeviceChip';
import { DownloadMenu } from './DownloadMenu';
import { HelpButton } from '../sheets/HelpSheet';
import { SeedField } from './SeedField';
import { ShareButton } from './ShareButton';
import { ThemeButton } from './ThemeButton';

/** Reset, start or pause, step: the same order as on any player, and always in sight. */
export function TransportBar() {
  const { transport } = usePlayground();
  const phase = usePage((state) => state.phase);
  const obstacle = usePage(startObstacle);
  const canStart = !obstacle || isLive(phase);
  // A run that is still being built can be paused already, so the button answers in the frame of the click.
  const runs = phase === 'running' || phase === 'starting';
  const label = runs ? 'Pause' : phase === 'paused' ? 'Resume' : 'Start';
  return (
    <header className="bar">
      <div className="brand">
        <Logo />
        <h1>LoRA Dropout Playground</h1>
      </div>
      <div className="transport" role="group" aria-label="Run">
        <button type="button" className="button icon" onClick={transport.reset} disabled={phase === 'idle'} aria-label="Reset" title="Reset (R)"><Icon name="reset" /></button>
        <button type="button" className="button filled start" onClick={transport.toggle} disabled={!canStart} title={canStart ? `${label} (Space)` : obstacle}>
          <Icon name={runs ? 'pause' : 'play'} />{label}
        </button>
        <button type="button" className="button icon" onClick={transport.step} disabled={!canStart} aria-label="One step" title="One step (S)"><Icon name="step" /></button>
      </div>
      <Progress />
      <SeedField />
      <span className="bar-space" />
      <DeviceChip />
      <div className="bar-tools">
        <ShareButton />
        <DownloadMenu />
        <ThemeButton />
        <HelpButton />
      </div>
    </header>
  );
}

function Progress() {
  const step = usePage((state) => state.step);
  const total = usePage((state) => {
    const run = state.runs.find(({ id }) => id === state.current);
    return (run?.config ?? state.draft).optimizer.steps;
  });
  return (
    <div className="progress">
      <span>step <strong>{step}</strong> / {total}</span>
      <progress aria-label="Progress of the run" max={total} value={Math.min(step, total)} />
    </div>
  );
}

/** A small attention matrix with one key hatched out. */
function Logo() {
  return (
    <svg className="logo" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <g fill="currentColor">
        {[0, 1, 3].flatMap((column) => [0, 1, 2, 3].map((row) => <rect key={`${column}${row}`} x={1 + column * 6.2} y={1 + row * 6.2} width="5.2" height="5.2" rx="1" opacity={0.35 + 0.65 * (((column * 7 + row * 5) % 4) / 3)} />))}
      </g>
      <path d="M13.6 6.4l4.8-4.8M13.6 12l4.8-4.8M13.6 17.6l4.8-4.8M13.6 23.2l4.8-4.8" stroke="var(--accent)" strokeWidth="1.6" />
    </svg>
  );
}
