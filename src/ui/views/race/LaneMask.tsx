import { useMemo } from 'react';
import { rateOf } from '../../../config/dropout';
import { isVirtual } from '../../../config/peft';
import { percent } from '../../../protocol/format';
import type { Inspection, RunInfo } from '../../../store/state';
import { MatrixCanvas } from '../../masks/MatrixCanvas';
import { cleanWeights, sceneOf, type ShownPlace } from '../../masks/scene';
import { TokenRow } from '../../masks/TokenRow';
import { PLACES } from '../../masks/useSentence';
import { useWidth } from '../../kit/useWidth';

const CAPTIONS: Record<ShownPlace, string> = { logits: 'logits, before the softmax', weights: 'weights, after the softmax', hidden: 'hidden values, token by token' };

/** The mask that a lane drew over one sentence, at the first place of the picture where it drops something. */
export function LaneMask({ run, inspection }: { run: RunInfo; inspection: Inspection | undefined }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { dropout, optimizer, model } = run.config;
  const place = PLACES.find((one) => (dropout[one]?.p ?? 0) > 0);
  const dropping = place !== undefined;
  const shown = place ?? 'weights';
  const scene = useMemo(() => {
    if (!inspection) return undefined;
    const { attention, step, at } = inspection;
    const rule = dropout[shown] ?? { p: 0, pattern: 'element' as const };
    const p = at.layer < (rule.fromLayer ?? 0) ? 0 : rateOf(rule, at.layer, at.layer + 1, step, optimizer.steps);
    return sceneOf(shown, { ...rule, p }, attention, { step: step * optimizer.accumulation, layer: at.layer, head: at.head, virtual: isVirtual(model.peft) }, dropping);
  }, [inspection, dropout, shown, optimizer, model, dropping]);
  const elsewhere = !dropping && Object.values(dropout).some((rule) => rule.p > 0);
  // The frame is there from the first, since it is what is measured.
  if (!inspection || !scene) return <div className="lane-mask" ref={frame}><p className="small muted">Its mask comes with its first steps.</p></div>;
  const { tokens } = inspection.attention;
  const size = Math.max(80, Math.min(200, width));
  const hidden = shown === 'hidden';
  return (
    <div className="lane-mask" ref={frame}>
      <TokenRow tokens={tokens} struck={scene.struck} bold={dropping} />
      <MatrixCanvas
        label={`${CAPTIONS[shown]}${dropping ? ', dropped cells hatched' : ''}`} rows={scene.n} columns={hidden ? scene.channels : scene.n}
        values={hidden ? undefined : shown === 'logits' ? scene.logits : scene.weights} diverging={shown === 'logits'}
        dropped={hidden ? scene.droppedHidden : shown === 'logits' ? scene.droppedLogits : scene.droppedWeights} allowed={hidden ? undefined : scene.allowed}
        under={shown === 'weights' ? cleanWeights(scene) : scene.logits} spared={dropping && !hidden ? scene.spared : undefined}
        describe={(row, column) => (hidden ? `‘${tokens[row]}’, channel ${column}` : `‘${tokens[row]}’ looks at ‘${tokens[column]}’`)} size={size}
      />
      <p className="small muted">{CAPTIONS[shown]}, step {inspection.step}: {dropping ? `${percent(scene.share, 2)} dropped in this draw` : elsewhere ? 'what it drops lies outside this picture' : 'nothing is dropped'}</p>
    </div>
  );
}
