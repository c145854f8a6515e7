import type { Chooser } from '../../config/config';
import { type Schedule, SCHEDULES } from '../../config/schedule';
import { wordsOf } from '../../store/metrics';
import { digits, grouped } from '../../protocol/format';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { FieldFrame } from '../kit/FieldFrame';
import { Segmented } from '../kit/Segmented';
import { useField } from '../kit/useField';
import { LinearField, StopsField, stops13 } from '../kit/Slider';
import { Problems } from './Problems';
import { RateCurve } from './RateCurve';
import { Regularisers } from './Regularisers';

export function OptimizerCard() {
  const rate = usePage((state) => state.draft.optimizer.learningRate);
  const steps = usePage((state) => state.draft.optimizer.steps);
  const batch = usePage((state) => state.draft.optimizer.batchSize);
  const accumulation = usePage((state) => state.draft.optimizer.accumulation);
  const rows = usePage((state) => state.draft.data.rows);
  return (
    <Card name="optimizer" title="Optimizer" summary={`rate ${digits(rate)} · ${steps} steps of ${accumulation > 1 ? `${accumulation} × ` : ''}${batch}`}>
      <StopsField field="optimizer.learningRate" label="Learning rate" stops={stops13(1e-5, 1)} hint="How far each step goes. Too high and the loss explodes, too low and nothing happens." />
      <StopsField field="optimizer.batchSize" label="Batch" unit="rows" stops={[1, 2, 4, 8, 16, 32, 64, 128]} hint="Rows of one pass. Larger batches give calmer gradients and use more memory." />
      <StopsField field="optimizer.steps" label="Steps" stops={stops13(10, 10000)} hint="Length of the run. More steps leave more time to overfit." />
      <p className="small muted">{grouped(steps)} steps are {digits((steps * batch * accumulation) / rows, 3)} epochs of {grouped(rows)} rows. {accumulation > 1 && <span>A step averages {accumulation} batches: {grouped(batch * accumulation)} rows a step.</span>}</p>
      <details className="more">
        <summary>Accumulation, warm-up, clipping, evaluation</summary>
        <StopsField field="optimizer.accumulation" label="Average into one step" unit="batches" stops={[1, 2, 4, 8, 16, 32]} hint="Gradients of several batches make one step: a larger batch in the memory of a small one." />
        <LinearField field="optimizer.warmup" label="Warm-up" unit="steps" min={0} max={Math.max(1, Math.round(steps / 2))} step={1} hint="Steps over which the rate rises from zero. Raise it if the first steps are wild." />
        <ScheduleField />
        <LinearField field="optimizer.clip" label="Clip gradient norm" min={0} max={5} step={0.1} hint="Longer gradients are shortened to this; 0 switches it off." />
        <StopsField field="evaluation.every" label="Evaluate every" unit="steps" stops={[1, 2, 5, 10, 20, 50, 100, 200]} hint="Steps between two evaluations. Fewer give a finer curve and a slower run." />
        <StopsField field="evaluation.patience" label="Stop early after" unit="evaluations" stops={[0, 1, 2, 3, 5, 10, 20]} hint="Ends the run when so many in a row were no better than the best; 0 never does." />
        <ChoosesField />
      </details>
      <Regularisers />
      <Problems card="optimizer" />
    </Card>
  );
}

/** How the rate goes on after its warm-up, drawn. */
function ScheduleField() {
  const schedule = useField<Schedule>('optimizer.schedule');
  return (
    <FieldFrame field={schedule} label="Schedule" hint="How the rate goes on after the warm-up: it stays, or falls to zero in a line or in half a cosine wave.">
      <Segmented label="Schedule" value={schedule.value} options={SCHEDULES.map((value) => ({ value, label: value }))} onChange={schedule.set} />
      <RateCurve />
    </FieldFrame>
  );
}

/** What decides which evaluation is the best: the test and an adapter take the weights of its step. */
function ChoosesField() {
  const chooses = useField<Chooser>('evaluation.chooses');
  const { metric } = wordsOf(usePage((state) => state.draft));
  return (
    <FieldFrame field={chooses} label="Best step by held-out" hint="The weights of the best evaluation are kept: the test rows are scored with them.">
      <Segmented label="Best step by held-out" value={chooses.value} options={[{ value: 'loss', label: 'loss' }, { value: 'metric', label: metric }]} onChange={chooses.set} />
    </FieldFrame>
  );
}
