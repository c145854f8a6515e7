import { startObstacle } from '../../store/obstacles';
import { isLive } from '../../store/state';
import { openSheet } from '../address';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';
import { DeviceChip } from './DeviceChip';
import { DownloadMenu } from './DownloadMenu';
import { Logo } from './Logo';
import { Progress } from './Progress';
import { QueueLine } from './QueueLine';
import { SeedField } from './SeedField';
import { ShareButton } from './ShareButton';
import { ThemeButton } from './ThemeButton';

/**
 * Reset, start or pause, step: the same order as on any player, and always in sight. Each part keeps the room that it may need, so that nothing
 * moves when a run starts. What waits in a queue is one line below the others.
 */
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
          <Icon name={runs ? 'pause' : 'play'} /><span className="start-label">{label}</span>
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
        <button type="button" className="button plain icon" aria-label="Help" aria-haspopup="dialog" title="Help (?)" data-opens="help" onClick={() => openSheet('help')}><strong aria-hidden="true">?</strong></button>
      </div>
      <QueueLine />
    </header>
  );
}
