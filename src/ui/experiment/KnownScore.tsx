import { chanceScore, KNOWN_SCORES } from '../../config/knownScores';
import { modelName } from '../../config/models';
import { LOOKS } from '../../store/metrics';
import { usePage } from '../kit/context';

/** Said where the model on the cards was measured to be no better than guessing, before somebody waits for a run that learns nothing. */
export function KnownScore() {
  const model = usePage((state) => state.draft.model.source);
  const task = usePage((state) => state.draft.data.source);
  const score = chanceScore(model, task);
  if (!score) return null;
  const { metric, show } = LOOKS[score.metric];
  return (
    <p className="field-note">
      {modelName(model)} does no better than guessing here: {metric} {show(score.lora)} after LoRA on {KNOWN_SCORES.rows} rows, {show(score.without)} without a model (medians of {KNOWN_SCORES.seeds} seeds, {KNOWN_SCORES.source}).
    </p>
  );
}
