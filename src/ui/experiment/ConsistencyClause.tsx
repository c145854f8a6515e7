import { kindOf } from '../../config/config';
import { configNotes } from '../../config/problems';
import { digits } from '../../protocol/format';
import { type Consistency, secondPassOf } from '../../config/dropout';
import { draftFacts } from '../../store/state';
import { usePage, usePlayground } from '../kit/context';
import { Icon } from '../kit/Icon';
import { NumberBox } from '../kit/NumberBox';
import { WordSelect } from '../kit/Segmented';
import { useField } from '../kit/useField';
import { CONSISTENCY_OPTIONS, SECOND_OPTIONS } from './words';

/** The end of the sentence: the second pass and how the two are compared. */
export function ConsistencyClause() {
  const { edits } = usePlayground();
  const { value: consistency, changed, restore, refusal, lowerMe } = useField<Consistency>('consistency');
  const regression = usePage((state) => kindOf(state.draft.data) === 'regression');
  const notes = usePage((state) => configNotes(state.draft, draftFacts(state)).filter(({ field }) => field.startsWith('consistency')).map(({ sentence }) => sentence).join(' '));
  const every = consistency.every ?? 1;
  const fixedSecond = consistency.kind === 'js_paper';
  return (
    <div className={`clause consistency${lowerMe ? ' field lower-me' : ''}`}>
      <p>
          and pull two passes together by <WordSelect label="Consistency term" value={consistency.kind} options={CONSISTENCY_OPTIONS(regression)} onChange={(kind) => edits.set('consistency.kind', kind)} />{' '}
          with weight α <NumberBox field="consistency.alpha" label="Consistency weight α" className="number-box inline" value={consistency.alpha} onChange={(alpha) => edits.set('consistency.alpha', alpha)} />,
          the second pass{' '}
          {fixedSecond ? <strong>clean, not trained</strong> : <WordSelect label="Second pass" value={secondPassOf(consistency)} options={SECOND_OPTIONS} onChange={(second) => edits.set('consistency.second', second)} />},
          every <NumberBox field="consistency.every" label="Consistency, every so many steps" className="number-box inline narrow" value={every} onChange={(every) => edits.set('consistency.every', every)} /> {every === 1 ? 'step' : 'steps'}.
          {changed && <button type="button" className="changed-dot" aria-label="Consistency: back to the preset" title="Differs from the preset; click to restore" onClick={restore} />}
      </p>
      <div className="clause-details">
        <span className="implied">
          {regression ? 'A similarity is one number and has no distribution, so the passes are compared by squared difference instead of KL.'
              : every > 1 ? `A second pass at steps 0, ${every}, ${2 * every} …: about ${digits(1 + 1 / every, 2)} times the work.` : 'A second pass: about twice the work a step.'}
        </span>
        <button type="button" className="button plain icon remove" aria-label="Remove the consistency term" title="Remove the consistency term" onClick={() => edits.set('consistency', { ...consistency, kind: 'none' })}><Icon name="close" size={12} /></button>
      </div>
      {notes && <p className="field-note">{notes}</p>}
      {refusal && <p className="field-refusal" role="alert">{refusal}</p>}
    </div>
  );
}
