/**
 * The grid position × pattern as a study of the experiment on the cards: what stands there, without its dropout, is what all cells share. So cells
 * are judged by the same code and the same rules as any study. Loaded with the view that shows it.
 */
import { type ConsistencyKind, type Pattern, PATTERNS, type Position } from '../../config/dropout';
import { DEFAULT_CONFIG, kindOf, type RunConfig } from '../../config/config';
import type { ModelTraits } from '../../config/models';
import { isLora } from '../../config/peft';
import { rulesFor } from '../../config/presets';
import { linkOf } from '../../config/url';
import { byLinkOf, type ResultLine } from '../../studies/lines';
import { type Comparison, finishedOf, resultsOf, type VariantResult } from '../../studies/results';
import { curvesByRate, pictureOf } from '../../studies/picture';
import { shown, type Table } from '../../studies/report';
import { mean } from '../../studies/statistics';
import { type Study, type Trial, trialsOf, type Variant } from '../../studies/study';

export const GRID_POSITIONS = ['logits', 'weights', 'hidden'] as const satisfies readonly Position[];
export type GridPosition = (typeof GRID_POSITIONS)[number];
export const GRID_TITLES: Record<GridPosition, string> = { logits: 'DropKey', weights: 'DropAttention', hidden: 'HiddenCut' };

export { shown };

/** Rates of the rate view. */
export const RATES = [0.05, 0.1, 0.15, 0.2, 0.3] as const;

export interface GridChoice {
  compensation: ConsistencyKind;
  rates: readonly number[];
  /** Seeds 1 to so many. */
  seeds: number;
}

export const BASELINE = 'no dropout';
const PLAIN = 'LoRA dropout 0.1';
export const cellName = (position: GridPosition, pattern: Pattern): string => `${GRID_TITLES[position]}, ${pattern}`;
export const JOINED = 'HiddenKey';

/** What the second pass may be compared by: a regression has no distribution. */
export const compensationsOf = ({ data }: RunConfig): readonly ConsistencyKind[] => (kindOf(data) === 'regression' ? ['none', 'mse'] : ['none', 'kl', 'js_paper']);

export function gridStudy(draft: RunConfig, traits: ModelTraits | undefined, { compensation, rates, seeds }: GridChoice): Study {
  const shared: RunConfig = { ...draft, dropout: {}, consistency: { ...draft.consistency, kind: 'none' }, seed: DEFAULT_CONFIG.seed };
  const { v: _, ...fixed } = Object.fromEntries(new URLSearchParams(linkOf(shared)));
  const second: Study['fixed'] = compensation === 'none' ? {} : { 'consistency.kind': compensation };
  const cell = (name: string, rules: Partial<Record<GridPosition, Pattern>>): Variant => {
    const placed = rulesFor(traits, Object.fromEntries(Object.entries(rules).map(([position, pattern]) => [position, { p: 0.1, pattern }])));
    const settings = Object.entries(placed).flatMap(([position, rule]) => [[`dropout.${position}.pattern`, rule.pattern], ...(rule.fromLayer ? [[`dropout.${position}.fromLayer`, rule.fromLayer]] : [])] as [string, string | number][]);
    return { name, settings: { ...Object.fromEntries(settings), ...second }, rated: Object.keys(rules).map((position) => `dropout.${position}.p`) };
  };
  return {
    format: 'lora-dropout-study', version: 1, name: 'grid', title: 'Position × pattern', question: 'Which dropout, where, helps what is on the cards?',
    fixed, seeds: Array.from({ length: seeds }, (__, index) => index + 1), rates: [...rates], baseline: BASELINE, picture: 'rates',
    variants: [
      { name: BASELINE, settings: {}, rated: [] },
      ...(isLora(draft.model.peft) ? [{ name: PLAIN, settings: { 'dropout.lora_input.p': 0.1 }, rated: [] }] : []),
      ...GRID_POSITIONS.flatMap((position) => PATTERNS.map((pattern) => cell(cellName(position, pattern), { [position]: pattern }))),
      cell(JOINED, { logits: 'column', hidden: 'element' }),
    ],
  };
}

export interface Cell {
  name: string;
  result: VariantResult;
  comparison: Comparison | undefined;
  trials: readonly Trial[];
  /** Mean held-out loss by step of the runs that are there. */
  losses: readonly { step: number; loss: number }[];
}

/** All cells by name. @throws with a sentence where what is on the cards cannot be run */
export function cellsOf(study: Study, lines: readonly ResultLine[]): Map<string, Cell> {
  const trials = trialsOf(study);
  const { variants, comparisons } = resultsOf(study, lines);
  const byLink = byLinkOf(lines);
  return new Map(variants.map((result) => {
    const mine = trials.filter(({ variant }) => variant === result.variant);
    const done = mine.flatMap((trial) => finishedOf(trial, byLink) ?? []);
    const steps = [...new Set(done.flatMap(({ line }) => line.evaluations.map(({ step }) => step)))].sort((one, other) => one - other);
    const losses = steps.map((step) => ({ step, loss: mean(done.flatMap(({ line }) => line.evaluations.filter((one) => one.step === step).map(({ heldOut }) => heldOut.loss))) }));
    return [result.variant, { name: result.variant, result, comparison: comparisons.find(({ variant }) => variant === result.variant), trials: mine, losses }];
  }));
}

/** What a cell's comparison says, in words that name no winner where there is none. */
export function verdictWords({ verdict, count }: Comparison): string {
  if (verdict === 'too few seeds') return `${count} ${count === 1 ? 'pair' : 'pairs'}: too few to say`;
  return verdict === 'no difference shown' ? 'no clear difference' : verdict;
}

/** Runs of cells as a queue takes them, those of the first seed first; what they are compared with comes before them. */
export function runsOf(study: Study, names: readonly string[]): { link: string; name: string }[] {
  const wanted = new Set([BASELINE, ...names]);
  return trialsOf(study).filter(({ variant }) => wanted.has(variant)).map(named);
}

export const named = ({ link, variant, on, rate, seed, budget }: Trial): { link: string; name: string } => ({
  link, name: `${on && `${on}: `}${variant}${rate === undefined ? '' : ` at ${rate}`}${budget === 'seconds' ? ', equal seconds' : ''}, seed ${seed}`,
});

/** Scores by rate, as a picture and as the table behind it. */
export function rateView(study: Study, lines: readonly ResultLine[]): { study: Study; picture: string; table: Table } {
  const result = resultsOf(study, lines);
  const lower = result.variants.some(({ lowerIsBetter }) => lowerIsBetter);
  const rows = curvesByRate(study, lines).map(({ label, points }) => [label, ...study.rates.map((rate) => shown(points.find(({ x }) => x === rate)?.y ?? Number.NaN, lower))]);
  return { study, picture: pictureOf(study, result, lines), table: { caption: `Best validation score${lower ? '' : ' × 100'}, mean over seeds`, columns: ['rate', ...study.rates.map(String)], rows } };
}
