/** A study's answer as tables, for Markdown and for the page: the same rows in both. */
import type { ResultLine } from './lines';
import { type StudyResult, type VariantResult } from './results';
import type { Study } from './study';

export interface Table {
  caption: string;
  columns: string[];
  rows: string[][];
}

/** Scores are shown × 100, perplexities as they are. */
export const shown = (value: number, lowerIsBetter: boolean): string => (Number.isFinite(value) ? lowerIsBetter ? value.toFixed(3) : (100 * value).toFixed(1) : '–');

const ratesOf = ({ seeds }: VariantResult) => [...new Set(seeds.flatMap((one) => one?.rate ?? []))].sort((one, other) => one - other).join(', ') || '–';

export function tablesOf(study: Study, { variants, comparisons }: StudyResult): Table[] {
  const lower = variants.some(({ lowerIsBetter }) => lowerIsBetter);
  const unit = variants.every(({ lowerIsBetter }) => lowerIsBetter) ? 'lower is better' : lower ? '× 100; perplexities as they are, lower is better' : '× 100';
  return [
    {
      caption: `Test metric, ${unit}, at the rate and step that validation chose`,
      columns: ['variant', 'seeds', 'median', 'mean ± sd', 'rates chosen', 'seconds a run'],
      rows: variants.map((one) => [
        one.label, `${one.seeds.filter(Boolean).length} of ${study.seeds.length}`, shown(one.median, one.lowerIsBetter), `${shown(one.mean, one.lowerIsBetter)} ± ${shown(one.deviation, one.lowerIsBetter)}`,
        ratesOf(one), Number.isFinite(one.seconds) ? one.seconds.toFixed(1) : '–',
      ]),
    },
    {
      caption: `Differences from ${study.baseline}, paired by seed`,
      columns: ['against ' + study.baseline, 'pairs', 'difference', '95 % interval', 'p, Holm', 'sign test', 'verdict'],
      rows: comparisons.map((one) => [
        one.label, String(one.count), shown(one.mean, one.lowerIsBetter), `${shown(one.low, one.lowerIsBetter)} to ${shown(one.high, one.lowerIsBetter)}`,
        Number.isNaN(one.adjusted) ? '–' : one.adjusted.toPrecision(2), one.sign === undefined ? '–' : one.sign.toPrecision(2), one.verdict,
      ]),
    },
    ...(study.paper ? [{ caption: `The paper’s figures for the same question (${study.paper.source})`, columns: study.paper.columns, rows: study.paper.rows.map((row) => row.map(String)) }] : []),
  ];
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;

const markdown = ({ caption, columns, rows }: Table) => [`${caption}:`, '', row(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(row)].join('\n');

/** The answer as Markdown tables. */
export const tableOf = (study: Study, result: StudyResult): string => [`${result.done} of ${result.of} runs.`, ...tablesOf(study, result).map(markdown)].join('\n\n');

/** A page of results. @param picture path of its picture, beside it */
export function pageOf(study: Study, result: StudyResult, lines: readonly ResultLine[], picture: string): string {
  const links = new Set(result.variants.flatMap(({ seeds }) => seeds.flatMap((one) => one?.link ?? [])));
  const used = lines.filter(({ link }) => links.has(link));
  const devices = [...new Set(used.map(({ device }) => device))].join('; ');
  const dates = used.map(({ date }) => date.slice(0, 10)).sort();
  const when = dates.length === 0 ? '' : dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const settings = Object.entries(study.fixed).map(([field, value]) => `\`${field}=${value}\``).join(', ');
  const costs = Object.entries(study.costs ?? {}).map(([variant, cost]) => `${variant} ${cost}`).join(', ');
  return [
    `# ${study.title}`, study.question,
    `Fixed: ${settings}. Seeds ${study.seeds.join(', ')}; rates ${study.rates.join(', ') || 'none'}.${study.chosenOn === undefined ? '' : ` The rate was chosen on ${study.chosenOn} alone.`}${costs && ` Cost of a step beside ${study.baseline}’s: ${costs}.`}${devices && ` Run on ${devices}, ${when}.`} [How it answers](../studies.md#how-it-answers).`,
    `![${study.title}, drawn](${picture})`, tableOf(study, result), '',
  ].join('\n\n').replace(/\n+$/, '\n');
}
