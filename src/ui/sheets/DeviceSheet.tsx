import { bytes, digits, grouped } from '../../protocol/format';
import { usePage } from '../kit/context';
import { BudgetChoice } from './BudgetChoice';
import { PaceChoice } from './PaceChoice';

/** What the run runs on, what it takes of it, and the limits. */
export default function DeviceSheet() {
  const device = usePage((state) => state.device);
  const plan = usePage((state) => state.plan);
  const starting = usePage((state) => state.engine === 'starting');
  if (!device && starting) return <p className="say" role="status">Looking for a GPU…</p>;
  if (!device) return <p className="say">No adapter is in use, so there is nothing to tell of it. Masks, presets and runs from files work without one.</p>;
  return (
    <>
      {device.profile === 'software' && <p className="say">This adapter computes on the processor, slower than a GPU would. The engine uses kernels made for it; everything works.</p>}
      <PaceChoice />
      <BudgetChoice device={device} />
      <section aria-labelledby="device-adapter">
        <h3 id="device-adapter">Adapter</h3>
        <dl className="facts">
          <dt>Name</dt><dd>{device.name}</dd>
          <dt>Kernel profile</dt><dd>{device.profile}</dd>
          <dt>Vendor</dt><dd>{[device.vendor, device.architecture].filter(Boolean).join(' ') || 'kept back by this browser'}</dd>
          <dt>Features</dt><dd>{device.features.join(', ') || 'none beyond the default'}</dd>
        </dl>
      </section>
      {plan && (
        <section aria-labelledby="device-plan">
          <h3 id="device-plan">This run</h3>
          <dl className="facts">
            <dt>Memory</dt><dd>{bytes(plan.bytes.total)}</dd>
            <dt>of which base weights</dt><dd>{bytes(plan.bytes.weights)}</dd>
            <dt>of which optimizer</dt><dd>{bytes(plan.bytes.optimizer)}</dd>
            <dt>of which training</dt><dd>{bytes(plan.bytes.train)}</dd>
            <dt>of which evaluation</dt><dd>{bytes(plan.bytes.evaluate)}</dd>
            <dt>Dispatches a step</dt><dd>{grouped(plan.dispatchesPerStep)}</dd>
          </dl>
        </section>
      )}
      <details className="more">
        <summary>Limits of this adapter</summary>
        <dl className="facts">{Object.entries(device.limits).map(([name, value]) => <Limit key={name} name={name} value={value} />)}</dl>
      </details>
    </>
  );
}

function Limit({ name, value }: { name: string; value: number }) {
  return <><dt>{name.replace(/([A-Z])/g, ' $1').toLowerCase()}</dt><dd>{/Size$/.test(name) && value >= 2 ** 16 ? bytes(value) : digits(value, 6)}</dd></>;
}
