import { sameData } from '../../../config/diff';
import { labelsOf } from '../../../store/labels';
import { usePage, usePlayground } from '../../kit/context';
import { colourOf } from './geometry';
import { focusOf } from '../../kit/focus';

/** Which colour is which run, where the eye is. Pointing at a name brings its lines forward, a click hides them and shows them again. */
export function RunLegend() {
  const { runList, store } = usePlayground();
  const runs = usePage((state) => state.runs);
  const focus = usePage(focusOf);
  const focused = runs.find(({ id }) => id === focus)?.config;
  const drawn = runs.filter(({ config }) => focused === undefined || sameData(config, focused));
  if (drawn.length < 2) return null;
  const labels = labelsOf(drawn);
  const hover = (id: string | undefined) => store.setState({ hoveredRun: id });
  return (
    <ul className="run-legend" aria-label="Runs in the charts">
      {[...drawn].reverse().map(({ id, name, kind, colour, hidden }) => (
        <li key={id}>
          <button
            type="button" className={id === focus ? 'focus' : undefined} aria-pressed={!hidden} title={`${name}. Click to ${hidden ? 'show' : 'hide'}.`}
            onClick={() => runList.update(id, { hidden: !hidden })}
            onPointerEnter={() => hover(hidden ? undefined : id)} onPointerLeave={() => hover(undefined)}
            onFocus={() => hover(hidden ? undefined : id)} onBlur={() => hover(undefined)}
          >
            <i className={`swatch${kind === 'recorded' ? ' recorded' : ''}`} style={{ background: colourOf(colour) }} />
            <span>{labels.get(id)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
