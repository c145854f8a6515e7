/**
 * A study's result as one SVG, as it lies beside its page of results and stands on the page. Colours are the page's own where it is shown there.
 */
import { byLinkOf, type ResultLine } from './lines';
import { finishedOf, type StudyResult, type VariantResult } from './results';
import { shown } from './report';
import { mean } from './statistics';
import { placesOf, type Study, trialsOf } from './study';

const WIDTH = 720;
const LEFT = 230;
const RIGHT = 24;
const ROW = 24;

const INK = 'var(--ink, #1f2329)';
const MUTED = 'var(--muted, #5a5d64)';
const LINE = 'var(--line, #d8d3c5)';
const PAPER = 'var(--surface, #fcfbf7)';
const HUES = ['#2759ab', '#b8401a', '#0b7465', '#7f45a6', '#8a5f00', '#a73263', '#4a7119', '#455a6b'];
const colour = (index: number) => `var(--run-${index % HUES.length}, ${HUES[index % HUES.length]})`;
/** Beyond the eighth, lines are told apart by their dashes. */
const dashes = (index: number) => ['', '6 3', '2 3'][Math.floor(index / HUES.length) % 3];

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const words = (x: number, y: number, text: string, { anchor = 'start', fill = INK }: { anchor?: 'start' | 'middle' | 'end'; fill?: string } = {}) => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${escaped(text)}</text>`;
const stroke = (x1: number, y1: number, x2: number, y2: number, style: string) => `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${style}/>`;

function framed(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" width="${WIDTH}" height="${Math.ceil(height)}" role="img" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`, `<rect width="100%" height="100%" fill="${PAPER}"/>`, ...parts, '</svg>', '',
  ].join('\n');
}

/** Round numbers between two ends, about four of them. */
function roundTicks(low: number, high: number): number[] {
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, index) => (Math.ceil(low / step) + index) * step);
}

/** The ends of what is drawn, with room on both sides. */
function ends(values: readonly number[]): [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - room, high + room];
}

/** A row a comparison: mean difference and its 95 % interval; intervals of one pair have no ends. */
function drawDifferences(study: Study, { comparisons }: StudyResult): string {
  const found = comparisons.filter(({ lowerIsBetter }) => lowerIsBetter === comparisons[0].lowerIsBetter);
  const height = ROW * (found.length + 2) + 34;
  const [low, high] = ends([0, ...found.flatMap((one) => (one.count > 1 ? [one.low, one.high] : [one.mean]))]);
  const x = (value: number) => LEFT + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const bottom = ROW * (found.length + 1);
  return framed(height, `${study.title}: differences from ${study.baseline}`, [
    ...roundTicks(low, high).flatMap((tick) => [stroke(x(tick), ROW / 2, x(tick), bottom, `stroke="${LINE}"`), words(x(tick), bottom + 16, shown(tick, found[0]?.lowerIsBetter ?? false), { anchor: 'middle', fill: MUTED })]),
    stroke(x(0), ROW / 2, x(0), bottom, `stroke="${INK}"`),
    ...found.flatMap((one, index) => {
      const y = ROW * (index + 1);
      const sure = one.verdict === 'better' || one.verdict === 'worse';
      return [
        words(LEFT - 12, y + 4, one.label, { anchor: 'end' }),
        stroke(x(one.low), y, x(one.high), y, `stroke="${colour(0)}" stroke-width="2"`),
        `<circle cx="${x(one.mean).toFixed(1)}" cy="${y}" r="4.5" fill="${sure ? colour(0) : PAPER}" stroke="${colour(0)}" stroke-width="2"/>`,
      ];
    }),
    words(LEFT, bottom + 36, `test metric minus that of ${study.baseline}, mean and 95 % interval; filled: a difference is shown`, { fill: MUTED }),
  ]);
}

interface Curve { label: string; points: { x: number; y: number }[] }

/** Lines over numbers across, with their names on the left of them. */
function drawLines(title: string, panels: readonly { caption: string; across: readonly number[]; curves: readonly Curve[]; show: (value: number) => string }[], even: boolean): string {
  const tall = 230;
  const names = panels[0]?.curves.map(({ label }) => label) ?? [];
  const height = Math.max(panels.length * (tall + 44) + 12, names.length * 18 + 24);
  const plot = (LEFT + 44);
  return framed(height, title, [
    ...names.flatMap((name, index) => [stroke(12, 24 + index * 18, 34, 24 + index * 18, `stroke="${colour(index)}" stroke-width="2.4" stroke-dasharray="${dashes(index)}"`), words(40, 28 + index * 18, name)]),
    ...panels.flatMap(({ caption, across, curves, show }, number) => {
      const top = 16 + number * (tall + 44);
      const [low, high] = ends(curves.flatMap(({ points }) => points.map(({ y }) => y)));
      const [first, last] = [across[0] ?? 0, across.at(-1) ?? 1];
      const x = (value: number) => plot + (even ? across.indexOf(value) / Math.max(1, across.length - 1) : (value - first) / (last - first || 1)) * (WIDTH - plot - RIGHT);
      const y = (value: number) => top + (1 - (value - low) / (high - low)) * tall;
      const marks = even || across.length <= 8 ? across : across.filter((_, index) => index % Math.ceil(across.length / 8) === 0);
      return [
        ...roundTicks(low, high).flatMap((tick) => [stroke(plot, y(tick), WIDTH - RIGHT, y(tick), `stroke="${LINE}"`), words(plot - 6, y(tick) + 4, show(tick), { anchor: 'end', fill: MUTED })]),
        ...marks.map((mark) => words(x(mark), top + tall + 14, String(mark), { anchor: 'middle', fill: MUTED })),
        words(plot, top + tall + 30, caption, { fill: MUTED }),
        ...curves.flatMap(({ points }, index) => {
          const drawn = points.filter((point) => Number.isFinite(point.y)).map((point) => [x(point.x).toFixed(1), y(point.y).toFixed(1)]);
          return [
            `<polyline fill="none" stroke="${colour(index)}" stroke-width="2" stroke-dasharray="${dashes(index)}" points="${drawn.map((point) => point.join(',')).join(' ')}"/>`,
            ...drawn.map(([across, up]) => `<circle cx="${across}" cy="${up}" r="2.6" fill="${colour(index)}"/>`),
          ];
        }),
      ];
    }),
  ]);
}

/** Best validation score by rate, mean over the seeds that are there; what has no rate is level. */
export function curvesByRate(study: Study, lines: readonly ResultLine[]): Curve[] {
  const byLink = byLinkOf(lines);
  const trials = trialsOf(study).filter(({ budget }) => budget === 'steps');
  return placesOf(study).flatMap(({ name: on }) => study.variants.map(({ name, rated }) => ({
    label: on === '' ? name : `${on}: ${name}`,
    points: study.rates.flatMap((rate) => {
      const scores = trials.flatMap((trial) => {
        const found = trial.on === on && trial.variant === name && (rated.length === 0 || trial.rate === rate) ? finishedOf(trial, byLink) : undefined;
        return found ? [found.line.evaluations.find(({ step }) => step === found.best.step)!.heldOut.metric] : [];
      });
      return scores.length > 0 ? [{ x: rate, y: mean(scores) }] : [];
    }),
  })));
}

/** The course of a number of the chosen runs, mean over seeds. */
function courseOf({ label, seeds }: VariantResult, byLink: ReadonlyMap<string, ResultLine>, value: (one: ResultLine['evaluations'][number]) => number): Curve {
  const runs = seeds.flatMap((one) => (one ? [byLink.get(one.link)!.evaluations] : []));
  const steps = [...new Set(runs.flatMap((run) => run.map(({ step }) => step)))].sort((one, other) => one - other);
  return { label, points: steps.map((step) => ({ x: step, y: mean(runs.flatMap((run) => run.filter((one) => one.step === step).map(value))) })) };
}

export function pictureOf(study: Study, result: StudyResult, lines: readonly ResultLine[]): string {
  if (study.picture === 'differences') return drawDifferences(study, result);
  const lower = result.variants.some(({ lowerIsBetter }) => lowerIsBetter);
  const metric = (value: number) => shown(value, lower);
  if (study.picture === 'rates') return drawLines(`${study.title}, by rate`, [{ caption: `rate across; best validation metric${lower ? '' : ' × 100'}, mean over seeds`, across: study.rates, curves: curvesByRate(study, lines), show: metric }], true);
  const byLink = byLinkOf(lines);
  const chosen = result.variants.filter(({ budget, seeds }) => budget === 'steps' && seeds.some(Boolean));
  const loss = chosen.map((one) => courseOf(one, byLink, ({ train }) => train?.loss));
  const scores = chosen.map((one) => courseOf(one, byLink, ({ heldOut }) => heldOut.metric));
  const across = [...new Set(loss.flatMap(({ points }) => points.map(({ x }) => x)))].sort((one, other) => one - other);
  return drawLines(`${study.title}, over a run`, [
    { caption: 'step across; clean training loss, mean over seeds', across, curves: loss, show: (value) => value.toFixed(2) },
    { caption: `step across; validation metric${lower ? '' : ' × 100'}, mean over seeds`, across, curves: scores, show: metric },
  ], false);
}
