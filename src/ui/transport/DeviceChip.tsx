import { bytes } from '../../protocol/format';
import { openSheet } from '../address';
import { usePage } from '../kit/context';

/** What the run runs on and what it takes; a click opens the sheet that tells more. */
export function DeviceChip() {
  const device = usePage((state) => state.device);
  const engine = usePage((state) => state.engine);
  const plan = usePage((state) => state.plan);
  if (engine !== 'ready' || !device) {
    return <span className={`device ${engine}`} role="status">{engine === 'starting' ? 'looking for a GPU…' : 'no GPU engine'}</span>;
  }
  return (
    <button type="button" className={`device ${device.profile === 'software' ? 'software' : 'ready'}`} aria-label="Device and limits" aria-haspopup="dialog" title={`${device.name}, ${device.profile} profile: device and limits`} data-opens="device" onClick={() => openSheet('device')}>
      <span className="device-name">{device.name}</span><em> · {device.profile}</em><span className="device-memory">{plan && `· ${bytes(plan.bytes.total)}`}</span>
    </button>
  );
}
