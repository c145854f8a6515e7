/** The measured theory as a page and its picture. */
import { rateFactor, type TheoryPoint } from './theory';

export interface TheoryMeasured {
  device: string;
  date: string;
  /** The run as a link. */
  link: string;
  seed: number;
  points: readonly TheoryPoint[];
}

/** Three significant digits. */
const shown = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–');

const momentsOf = (points: readonly TheoryPoint[]) => [...new Set(points.map(({ step }) => step))];
const ratesOf = (points: readonly TheoryPoint[]) => [...new Set(points.map(({ p }) => p))];

/** The figures, a line each. */
export function theoryTable(points: readonly TheoryPoint[]): string {
  const head = ['step', 'p', '√(p/(1−p))', 'noise / predicted', 'correlation', 'left of c(w′−w)', 'cosine at logits', 'noise / DropKey', 'k mean', 'k 5 %', 'k heaviest', 'cosine of A, B', 'DropAttention · clean', 'DropKey · clean'];
  const lines = points.map(({ step, p, spread, correlation, closedForm, cosine, noise, ratio, trained }) => [
    String(step), String(p), shown(rateFactor(p)), shown(spread), shown(correlation), closedForm.toExponential(0), shown(cosine), shown(noise), shown(ratio.mean), shown(ratio.low), shown(ratio.heaviest), shown(trained.cosine), shown(trained.attention), shown(trained.key),
  ]);
  return [head, head.map(() => '---:'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** What the figures say, in sentences that follow from them. */
export function theorySentences(points: readonly TheoryPoint[]): string[] {
  const range = (of: (point: TheoryPoint) => number, among = points) => `${shown(Math.min(...among.map(of)))} to ${shown(Math.max(...among.map(of)))}`;
  const [least, most] = [Math.min(...ratesOf(points)), Math.max(...ratesOf(points))];
  const at = (p: number) => points.filter((point) => point.p === p);
  const worse = points.filter(({ trained }) => trained.attention < trained.key).length;
  return [
    `The closed form leaves ${points.every(({ closedForm }) => closedForm < 1e-3) ? 'less than a thousandth' : `up to ${shown(Math.max(...points.map(({ closedForm }) => closedForm)))}`} of the noise's length.`,
    `The measured spread is ${range(({ spread }) => spread, at(least))} times the predicted one at p = ${least}, and ${range(({ spread }) => spread, at(most))} times at p = ${most}; entry by entry their logarithms correlate by ${range(({ correlation }) => correlation)}.`,
    `At the logits the two gradients have a cosine of ${range(({ cosine }) => cosine, at(least))} at p = ${least} and ${range(({ cosine }) => cosine, at(most))} at p = ${most}.`,
    `k of a query's heaviest kept key is ${range(({ ratio }) => ratio.heaviest, at(least))} at p = ${least} and ${range(({ ratio }) => ratio.heaviest, at(most))} at p = ${most}${points.every(({ ratio }) => Math.max(ratio.mean, ratio.heaviest) < 1) ? ', below 1 in every line' : ', not below 1 in every line'}.`,
    `The gradients of A and B under the same masks have a cosine of ${range(({ trained }) => trained.cosine)}; in ${worse} of ${points.length} lines DropAttention's is further from the gradient without a mask than DropKey's.`,
  ];
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [250, 170, 44, 34, 26];
const HUES = ['#2759ab', '#b8401a', '#0b7465', '#7f45a6', '#8a5f00'];
const DASHES = ['', '7 3', '2 3', '7 3 2 3', '1 4'];

interface Line { name: string; points: readonly (readonly [number, number])[]; }

/** One panel of lines; the first is the prediction where `predicted`. */
function panel(number: number, title: string, xName: string, lines: readonly Line[], predicted: boolean): string {
  const all = lines.flatMap(({ points }) => points);
  const [x0, x1] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [low, high] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  const room = (high - low || 1) * 0.08;
  const [y0, y1] = [low - room, high + room];
  const left = LEFT + number * (WIDTH + LEFT + GAP);
  const x = (value: number) => (left + ((value - x0) / (x1 - x0 || 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (TOP + (1 - (value - y0) / (y1 - y0)) * HEIGHT).toFixed(1);
  const text = (at: string | number, down: string | number, words: string, anchor = 'middle', fill = 'var(--muted, #5a5d64)') => `<text x="${at}" y="${down}" text-anchor="${anchor}" fill="${fill}">${words}</text>`;
  return [
    text(left, 18, title, 'start', 'var(--ink, #1f2329)'),
    ...[low, (low + high) / 2, high].flatMap((value) => [`<line x1="${left}" x2="${left + WIDTH}" y1="${y(value)}" y2="${y(value)}" stroke="var(--line, #d8d3c5)"/>`, text(left - 6, Number(y(value)) + 4, shown(value), 'end')]),
    ...[x0, x1].map((value) => text(x(value), TOP + HEIGHT + 18, String(value))),
    text(left + WIDTH / 2, TOP + HEIGHT + 18, xName),
    ...lines.flatMap(({ name, points }, index) => {
      const style = predicted && index === 0 ? 'stroke="var(--ink, #1f2329)" stroke-width="1"' : `stroke="var(--run-${index % HUES.length}, ${HUES[index % HUES.length]})" stroke-width="2" stroke-dasharray="${DASHES[index % DASHES.length]}"`;
      const down = TOP + HEIGHT + 38 + 17 * index;
      return [
        `<polyline fill="none" ${style} points="${points.map(([one, other]) => `${x(one)},${y(other)}`).join(' ')}"/>`,
        `<line x1="${left}" x2="${left + 26}" y1="${down - 4}" y2="${down - 4}" ${style}/>`, text(left + 32, down, name, 'start'),
      ];
    }),
  ].join('\n');
}

/** Spread by rate, cosines over the run, k over the run. */
export function theoryPicture(points: readonly TheoryPoint[]): string {
  const [moments, rates] = [momentsOf(points), ratesOf(points)];
  const byStep = (p: number, of: (point: TheoryPoint) => number) => points.filter((point) => point.p === p).map((point) => [point.step, of(point)] as const);
  const middle = rates[Math.floor(rates.length / 2)];
  const panels = [
    panel(0, 'Spread of the noise, predicted unit |c| w', 'p', [
      { name: 'predicted √(p/(1−p))', points: rates.map((p) => [p, rateFactor(p)] as const) },
      ...moments.map((step) => ({ name: `measured at step ${step}`, points: points.filter((point) => point.step === step).map(({ p, spread }) => [p, spread * rateFactor(p)] as const) })),
    ], true),
    panel(1, `Cosines of gradients over the run, p = ${middle}`, 'step', [
      { name: 'DropAttention with DropKey, A and B', points: byStep(middle, ({ trained }) => trained.cosine) },
      { name: 'DropAttention with no mask', points: byStep(middle, ({ trained }) => trained.attention) },
      { name: 'DropKey with no mask', points: byStep(middle, ({ trained }) => trained.key) },
      { name: 'both at the logits', points: byStep(middle, ({ cosine }) => cosine) },
    ], false),
    panel(2, 'k of the heaviest kept key over the run', 'step', rates.map((p) => ({ name: `p = ${p}`, points: byStep(p, ({ ratio }) => ratio.heaviest) })), false),
  ];
  const width = 3 * (WIDTH + LEFT + GAP);
  const height = TOP + HEIGHT + 40 + 17 * Math.max(moments.length + 1, 4, rates.length);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">`,
    '<title>Gradient noise of DropAttention: measured beside predicted</title>', '<rect width="100%" height="100%" fill="var(--surface, #fcfbf7)"/>', ...panels, '</svg>', '',
  ].join('\n');
}

/** @param picture name of the picture's file beside the page */
export function theoryPage({ device, date, link, seed, points }: TheoryMeasured, picture: string): string {
  const { draws } = points[0];
  return `# Theory beside practice

DropKey and DropAttention with weights divided by their sum attend alike under one mask; their gradients differ, since DropAttention as published counts the sum as a constant
(arXiv 2403.00812, section 3.1 and appendix C). What follows from that, and what the engine measured over a run.

    npm run study -- theory --out docs/studies/theory.md

Measured on ${device}, ${date.slice(0, 10)}: a run of the page's default settings with DropAttention, column, p = 0.1 (seed ${seed}, [its link](http://localhost:5173/#${link}) with \`npm start\` running), its first 32 training rows under ${draws} masks a line, the same for both
methods. At each step the run's weights are lent to both, and nothing is learned meanwhile.

![Measured and predicted spread by rate; cosines and k over the run](${picture})

## The formulas

$w=\\text{softmax}(g)$ are the weights of a query without a mask, $m$ the mask, $s=\\sum_j m_jw_j$, $w'=mw/s$, and $c=\\sum_jw'_j\\,\\partial L/\\partial w'_j=\\dot o\\cdot o$.

| | formula | measured as |
|---|---|---|
| noise | $\\dot g^{\\text{DropAttention}}_j-\\dot g^{\\text{DropKey}}_j=c\\,(w'_j-w_j)$ | *left of c(w′−w)*: what remains of the measured difference, by its length |
| its spread | mean 0 and $\\sqrt{\\text{Var}}=\\lvert c\\rvert\\,w_j\\sqrt{p/(1-p)}$, as long as $s\\approx1-p$ and $c$ does not depend on the mask | *noise / predicted*: root mean squares over all entries and masks, $c$ and $w$ taken without a mask |
| slope | $k=\\dfrac{1-w'_u}{1-w_u}\\lt1$, DropKey's $\\partial w'_u/\\partial g_u$ by DropAttention's | mean over kept keys, its fifth percentile, and of each query's heaviest kept key |

The first two are at the logits of the last layer, which alone is masked for them: only there both methods get the same gradient from above. The cosines of A and B are those of LoRA's matrices with every layer masked, of both
methods with each other, and of each with the gradient without any mask.

## What came out

${theorySentences(points).map((sentence) => `- ${sentence}`).join('\n')}

${theoryTable(points)}
`;
}
