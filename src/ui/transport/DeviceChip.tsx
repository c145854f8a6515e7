import { bytes, digits, grouped, steady } from '../../protocol/format';
import { Popover } from '../kit/Popover';
import { usePage } from '../kit/context';

/** What the run runs on and what it takes; a click shows the limits. */
export function DeviceChip() {
  const device = usePage((state) => state.device);
  const engine = usePage((state) => state.engine);
  const plan = usePage((state) => state.plan);
  const speed = usePage((state) => state.speed);
  if (engine !== 'ready' || !device) {
    return <span className={`device ${engine}`} role="status">{engine === 'starting' ? 'looking for a GPU…' : 'no GPU engine'}</span>;
  }
  const software = device.profile === 'software';
  return (
    <Popover
      label="Device and limits" className={`device ${software ? 'software' : 'ready'}`}
      button={<>{device.name}<em> · {device.profile}</em>{plan && <span className="device-memory"> · {bytes(plan.bytes.total)}</span>}{speed !== undefined && <span className="device-speed"> · {steady(speed, 2)} steps/s</span>}</>}
    >
      {software && <p className="small">This adapter computes on the processor, slower than a GPU would. The engine uses kernels made for it; everything works.</p>}
      <dl className="facts">
        <dt>Kernel profile</dt><dd>{device.profile}</dd>
        <dt>Vendor</dt><dd>{[device.vendor, device.architecture].filter(Boolean).join(' ') || 'kept back by this browser'}</dd>
        <dt>Features</dt><dd>{device.features.join(', ') || 'none beyond the default'}</dd>
        <dt>Memory budget</dt><dd>{bytes(device.memoryBudget)}</dd>
        {plan && <>
          <dt>Memory of this run</dt><dd>{bytes(plan.bytes.total)}</dd>
          <dt>of which base weights</dt><dd>{bytes(plan.bytes.weights)}</dd>
          <dt>of which optimizer</dt><dd>{bytes(plan.bytes.optimizer)}</dd>
          <dt>of which training</dt><dd>{bytes(plan.bytes.train)}</dd>
          <dt>of which evaluation</dt><dd>{bytes(plan.bytes.evaluate)}</dd>
          <dt>Dispatches a step</dt><dd>{grouped(plan.dispatchesPerStep)}</dd>
        </>}
      </dl>
      <details className="more">
        <summary>Limits of this adapter</summary>
        <dl className="facts">{Object.entries(device.limits).map(([name, value]) => <Limit key={name} name={name} value={value} />)}</dl>
      </details>
    </Popover>
  );
}

function Limit({ name, value }: { name: string; value: number }) {
  return <><dt>{name.replace(/([A-Z])/g, ' $1').toLowerCase()}</dt><dd>{/Size$/.test(name) && value >= 2 ** 16 ? bytes(value) : digits(value, 6)}</dd></>;
}
