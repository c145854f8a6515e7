/**
 * What a choice of position, pattern, compensation and consistency is called in the literature, and what it rescales.
 * Sources: arXiv 2403.00812 (HiddenKey) §3–4, HiddenCut, R-Drop, Cutoff, DropLoRA; where papers disagree, spec/methods.md §0.2 decides.
 */
import { PEFT_TITLES, type PeftKind } from './peft';
import { type Consistency, defaultCompensation, type DropoutRule, type DropoutRules, type Position, POSITIONS, secondPassOf } from './dropout';

export interface LiteratureName {
  /** A few words: "HiddenKey", "DropKey, column". */
  title: string;
  /** One or two sentences of context; empty where the title says it all. */
  note: string;
}

const compensationOf = (position: Position, rule: DropoutRule) => rule.compensation ?? defaultCompensation(position, rule.pattern);

/** What one rule is called by itself. */
export function nameOfRule(position: Position, rule: DropoutRule): LiteratureName {
  const { pattern } = rule;
  const compensation = compensationOf(position, rule);
  switch (position) {
    case 'logits':
      return pattern === 'element'
        ? { title: 'DropKey, element', note: 'DropKey as first published, for vision transformers: each query loses its own keys.' }
        : pattern === 'column'
          ? { title: 'DropKey, column', note: 'A dropped key is hidden from every query of the head: the pattern that did best at the logits in the HiddenKey paper.' }
          : { title: 'DropKey, span', note: 'A run of neighbouring keys disappears; in the paper worse than single columns.' };
    case 'weights':
      if (compensation === 'normalize') return { title: `DropAttention, ${pattern}, fully differentiated`, note: 'The same forward and the same gradient as DropKey, so the paper counts it as DropKey.' };
      if (compensation === 'normalize_stopgrad') return { title: `DropAttention, ${pattern}`, note: 'As published: rows are divided by their remaining sum, and no gradient flows through that sum, so dropped keys still receive some.' };
      if (compensation === 'rescale' && pattern === 'element') return { title: 'Ordinary attention dropout', note: 'What attention_probs_dropout does in BERT and its relatives.' };
      if (compensation === 'rescale') return { title: `Attention dropout, ${pattern}, plain rescale`, note: 'DropAttention with 1/(1−p) in place of re-normalising; rows no longer sum to 1.' };
      return { title: `Attention dropout, ${pattern}, no rescale`, note: 'Rows sum to less than 1 in training and to 1 in evaluation.' };
    case 'hidden':
      return pattern === 'element'
        ? { title: 'HiddenCut, element', note: 'The same as the ordinary FFN-output dropout (hidden_dropout) of BERT and RoBERTa.' }
        : { title: `HiddenCut, ${pattern}`, note: pattern === 'span' ? 'HiddenCut as published cuts one run of tokens; ours starts anywhere, not where attention is strongest.' : 'Whole tokens leave the FFN output; a negation may go missing.' };
    case 'ffn_inner':
      return { title: `FFN inner dropout, ${pattern}`, note: 'Before the down projection; some re-implementations of HiddenCut sit here.' };
    case 'embedding':
      if (pattern === 'column') return { title: 'Cutoff (token)', note: 'Whole token vectors are erased at the input.' };
      if (pattern === 'span') return { title: 'Cutoff (span)', note: 'A run of token vectors is erased at the input.' };
      return { title: 'Embedding dropout', note: 'The dropout that checkpoints carry after their embeddings.' };
    case 'output':
      return { title: 'Classifier dropout', note: 'Ordinary dropout on the vector that the classifier reads.' };
    case 'lora_input':
      return pattern === 'element'
        ? { title: 'lora_dropout', note: 'What PEFT calls lora_dropout: only the low-rank branch sees the mask. The HiddenKey paper does not study it.' }
        : { title: `lora_dropout, ${pattern}`, note: 'lora_dropout on whole tokens instead of single values.' };
    case 'lora_rank':
      return pattern === 'element'
        ? { title: 'DropLoRA-like', note: 'Masks the r-wide bottleneck between A and B, as DropLoRA and rank_dropout do.' }
        : { title: `LoRA rank dropout, ${pattern}`, note: 'The low-rank update is switched off for whole tokens.' };
  }
}

function consistencySuffix(consistency: Consistency): string {
  const second = secondPassOf(consistency);
  const both = second === 'dropped_grad' ? ', both passes trained' : second === 'clean_stopgrad' && consistency.kind !== 'js_paper' ? ', clean second pass' : '';
  const words = { none: '', kl: ' + KL', js_paper: ' + JS (paper)', jsd: ' + JSD', mse: ' + squared difference' };
  return words[consistency.kind] + (consistency.kind === 'none' ? '' : both);
}

function consistencyNote(consistency: Consistency): string {
  if (consistency.kind === 'none') return '';
  if (consistency.kind === 'js_paper') return 'What the HiddenKey paper calls JS is KL towards a clean pass, not the Jensen–Shannon divergence.';
  if (secondPassOf(consistency) === 'dropped_grad') return 'Two dropped passes, both trained: the form of R-Drop.';
  if (consistency.kind === 'mse') return 'A regression predicts one number, so the passes are compared by squared difference, as R-Drop’s code does.';
  return '';
}

/** What a rate that changes is called; the names themselves mean one that does not. */
function courseNote(position: Position, { pattern, depth, time }: DropoutRule): string {
  const published = position === 'logits' && pattern === 'element' && depth === 'falling' ? 'A rate that falls from layer to layer is how DropKey was first published.' : '';
  const over = time === 'rising' ? 'A rate that rises over the run is a curriculum of dropout.' : time === 'falling' ? 'A rate that falls over the run is early dropout.' : '';
  return [published, over].filter(Boolean).join(' ');
}

/** Names the whole setting: known combinations first, else the parts joined. With nothing dropped the method is all there is to name. */
export function literatureName(rules: DropoutRules, consistency: Consistency, peft: PeftKind = 'lora'): LiteratureName {
  const { title, note } = nameOfSetting(rules, consistency, peft);
  const courses = [...new Set(POSITIONS.map((position) => (rules[position]?.p ? courseNote(position, rules[position]) : '')))];
  return { title, note: [note, ...courses].filter(Boolean).join(' ') };
}

function nameOfSetting(rules: DropoutRules, consistency: Consistency, peft: PeftKind): LiteratureName {
  const active = POSITIONS.filter((position) => (rules[position]?.p ?? 0) > 0);
  const has = (position: Position, pattern: string) => rules[position]?.pattern === pattern;
  const rescaled = (position: Position) => compensationOf(position, rules[position]!) === 'rescale';
  const suffix = consistencySuffix(consistency);
  const join = (...notes: string[]) => notes.filter(Boolean).join(' ');
  if (active.length === 0) {
    const plain = peft === 'lora' ? 'Plain LoRA' : PEFT_TITLES[peft];
    return consistency.kind === 'none'
      ? { title: plain, note: 'The baseline: nothing is dropped.' }
      : { title: `${plain}${suffix}`, note: 'Nothing is dropped, so both passes are equal and the consistency term stays zero.' };
  }
  if (active.length === 2 && active.includes('logits') && active.includes('hidden') && has('logits', 'column') && has('hidden', 'element') && rescaled('hidden')) {
    if (consistency.kind === 'none') return { title: 'HiddenKey⁻', note: 'DropKey on columns and HiddenCut on elements, without the consistency term.' };
    const published = consistency.kind === 'kl' && secondPassOf(consistency) === 'dropped_stopgrad';
    return published
      ? { title: 'HiddenKey', note: 'DropKey on columns, HiddenCut on elements, and KL between two dropped passes of which one is trained.' }
      : { title: `HiddenKey⁻${suffix}`, note: join('A relative of HiddenKey.', consistencyNote(consistency)) };
  }
  if (active.length === 2 && active.includes('weights') && active.includes('hidden') && has('weights', 'element') && has('hidden', 'element') && rescaled('weights') && rescaled('hidden')) {
    return { title: `Standard transformer dropout${suffix}`, note: join('Attention dropout and FFN-output dropout, as BERT was trained.', consistencyNote(consistency)) };
  }
  const names = active.map((position) => nameOfRule(position, rules[position]!));
  const note = names.length === 1 ? names[0].note : active.includes('weights') && active.includes('logits') ? 'The weights mask falls on what the logits mask left. The HiddenKey paper saw no benefit from adding DropAttention.' : '';
  return { title: names.map((name) => name.title).join(' + ') + suffix, note: join(note, consistencyNote(consistency)) };
}

/** What happens to the values that stay, as a short phrase. */
export function impliedRescale(position: Position, rule: DropoutRule): string {
  if (position === 'logits') return 'softmax re-normalises by itself';
  const compensation = compensationOf(position, rule);
  if (compensation === 'normalize') return 'weights re-normalised, differentiated';
  if (compensation === 'normalize_stopgrad') return 'weights re-normalised, sum not differentiated';
  const moves = [rule.depth, rule.time].some((course) => course && course !== 'constant');
  if (compensation === 'rescale') return `kept values × ${moves ? '1/(1 − rate)' : (1 / (1 - rule.p)).toFixed(2)}`;
  return 'kept values unchanged';
}
