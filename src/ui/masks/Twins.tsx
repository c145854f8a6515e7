import { useMemo, useState } from 'react';
import type { DropoutRule } from '../../config/dropout';
import { digits, percent } from '../../protocol/format';
import type { AttentionView } from '../../protocol/inspectionMessages';
import { allowedKeys, attentionMask } from '../../store/maskGrid';
import { twinsOf } from '../../store/twins';
import { Segmented } from '../kit/Segmented';
import { MatrixCanvas } from './MatrixCanvas';

/** Shown where the sentence of the experiment drops nothing in attention: often enough to see keys go. */
const USUAL: DropoutRule = { p: 0.2, pattern: 'column' };

const FORMS = [
  { value: 'normalize_stopgrad', label: 'by their sum, as a constant' },
  { value: 'normalize', label: 'by their sum' },
  { value: 'rescale', label: 'by 1 − p' },
] as const;

type Form = (typeof FORMS)[number]['value'];

interface Props {
  view: AttentionView;
  rule: DropoutRule | undefined;
  at: { step: number; layer: number; head: number; virtual: boolean };
  width: number;
}

/** DropKey and DropAttention under one mask: the same attention, another gradient. */
export function Twins({ view, rule = USUAL, at, width }: Props) {
  const [form, setForm] = useState<Form>('normalize_stopgrad');
  const { tokens, mask, logits } = view;
  const n = tokens.length;
  const { step, layer, head, virtual } = at;
  const drawn = useMemo(
    () => attentionMask('logits', { ...rule, fromLayer: 0 }, { seed: mask.seed, step, layer }, { sample: mask.sample, head, heads: mask.heads, tokens: mask.width, n, causal: mask.causal, virtual }),
    [rule, mask, step, layer, head, virtual, n],
  );
  const allowed = useMemo(() => allowedKeys(n, mask.causal), [n, mask.causal]);
  const { key, attention, apart, cosine, wasted } = useMemo(() => twinsOf(logits, drawn, allowed, rule, form, n), [logits, drawn, allowed, rule, form, n]);
  const dropped = useMemo(() => drawn.keep.map((kept) => 1 - kept), [drawn]);
  const size = Math.max(80, Math.min(180, Math.floor((width - 60) / 3)));
  const largest = Math.max(1e-9, ...[key, attention].flatMap(({ gradient }) => Array.from(gradient, Math.abs)));
  const pair = (query: number, place: number) => `‘${tokens[query]}’ looks at ‘${tokens[place]}’`;
  const picture = (caption: string, values: ArrayLike<number>, more: { diverging?: boolean; largest?: number; dropped?: Uint8Array }) => (
    <figure>
      <MatrixCanvas label={caption} rows={n} columns={n} values={values} dropped={more.dropped} diverging={more.diverging} largest={more.largest} under={values} allowed={allowed} describe={pair} size={size} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
  return (
    <article className="place twins">
      <header>
        <h4>Twins under one mask</h4>
        <Segmented<Form> label="DropAttention divides what is left" value={form} options={FORMS} onChange={setForm} />
      </header>
      <p className="small muted">
        DropKey removes keys before the softmax; DropAttention removes the same weights after it and divides those that are left.{' '}
        {apart < 1e-9 ? 'Both attend alike, to the last digit.' : `They attend differently, by up to ${digits(apart)}.`}{' '}
        {cosine > 1 - 1e-9 ? 'Their gradients are the same too.' : `Their gradients are not the same (cosine ${digits(cosine)}): ${percent(wasted)} of the length of DropAttention’s lies at keys that were not used.`}
      </p>
      <div className="stages" tabIndex={0} role="group" aria-label="Weights of both twins">
        {picture('DropKey: weights', key.weights, { dropped })}
        {picture('DropAttention: weights', attention.weights, { dropped })}
        {picture('difference', key.weights.map((value, index) => value - attention.weights[index]), { diverging: true, largest: 1 })}
      </div>
      <div className="stages" tabIndex={0} role="group" aria-label="Gradients of both twins">
        {picture('DropKey: gradient', key.gradient, { diverging: true, largest })}
        {picture('DropAttention: gradient', attention.gradient, { diverging: true, largest })}
        {picture('difference', key.gradient.map((value, index) => value - attention.gradient[index]), { diverging: true, largest })}
      </div>
      <p className="small muted">The gradient is that at the logits when every query is to attend more to the key that it attends to most (arXiv 2403.00812, equations 7 to 9), with the logits above; seed {mask.seed}, step {step}, p {digits(rule.p)}.</p>
    </article>
  );
}
