import { Segmented } from '../../kit/Segmented';
import { Slider } from '../../kit/Slider';
import { useMedia, usePage, usePlayground } from '../../kit/context';
import { digits } from '../../../protocol/format';

/** How the curves are drawn, beside the strip; on a phone the curves come before such questions. */
export function ChartTools() {
  const narrow = useMedia('(max-width: 40rem)');
  return narrow ? <details className="more"><summary>Smoothing and axes</summary><Toolbar /></details> : <Toolbar />;
}

/** Settings of all charts at once. */
function Toolbar() {
  const { setView } = usePlayground();
  const { smoothing, logScale, axis } = usePage((state) => state.view);
  return (
    <div className="chart-toolbar" role="group" aria-label="Charts">
      <span className="tool">
        <span id="smoothing-label">Smoothing</span>
        <Segmented label="Smoothing" value={smoothing === undefined ? 'off' : 'on'} options={[{ value: 'off', label: 'off' }, { value: 'on', label: 'on' }]} onChange={(value) => setView({ smoothing: value === 'off' ? undefined : 0.6 })} />
        {smoothing !== undefined && <span className="tool-slider"><Slider label="Amount of smoothing" value={smoothing} min={0} max={0.98} step={0.02} valueText={digits(smoothing)} onChange={(value) => setView({ smoothing: value })} /></span>}
      </span>
      <span className="tool"><span>Loss axis</span><Segmented label="Loss axis" value={logScale ? 'log' : 'linear'} options={[{ value: 'linear', label: 'linear' }, { value: 'log', label: 'log' }]} onChange={(value) => setView({ logScale: value === 'log' })} /></span>
      <span className="tool"><span>Across</span><Segmented label="Horizontal axis" value={axis} options={[{ value: 'steps', label: 'steps' }, { value: 'examples', label: 'examples' }, { value: 'seconds', label: 'seconds' }]} onChange={(value) => setView({ axis: value })} /></span>
    </div>
  );
}
