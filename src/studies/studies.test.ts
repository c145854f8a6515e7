import { describe, expect, it } from 'vitest';
import { openLink } from '../config/url';
import { estimate, readLines, type ResultLine } from './lines';
import { pictureOf } from './picture';
import { pageOf, tableOf } from './report';
import { resultsOf } from './results';
import { holm, median, paired, signTest } from './statistics';
import { readStudy, shardOf, type Study, trialsOf } from './study';

const made = (part: object = {}): unknown => ({
  format: 'lora-dropout-study', version: 1, name: 'tried', title: 'Tried', question: 'Does it help?',
  fixed: { 'data.rows': 64, 'optimizer.steps': 20, 'evaluation.every': 10 }, seeds: [1, 2, 3, 4, 5, 6], rates: [0.1, 0.3], baseline: 'LoRA',
  variants: [
    { name: 'LoRA' },
    { name: 'LoRA dropout', settings: { 'dropout.lora_input.p': 0.1 } },
    { name: 'DropKey', settings: { 'dropout.logits.pattern': 'column' }, rated: ['dropout.logits.p'] },
  ],
  ...part,
});
const study = readStudy(made(), 'tried.json');

describe('a study', () => {
  it('is every variant with every rate and seed, as links that the page opens', () => {
    const trials = trialsOf(study);
    expect(trials).toHaveLength(6 * 4);
    const last = trials.filter(({ seed }) => seed === 1).at(-1)!;
    expect(last.link).toBe('v=1&data.rows=64&dropout.logits.p=0.3&dropout.logits.pattern=column&optimizer.steps=20&seed=1');
    expect(openLink(last.link)).toMatchObject({ config: last.config, ignored: [] });
  });

  it('falls into parts that share no run', () => {
    const trials = trialsOf(study);
    const parts = [1, 2, 3].map((number) => shardOf(trials, number, 3));
    expect(parts.flat()).toHaveLength(trials.length);
    expect(new Set(parts.flat().map(({ link }) => link)).size).toBe(trials.length);
  });

  it.each<[object, RegExp]>([
    [{ baseline: 'none' }, /^tried.json: the baseline "none" is no variant; choose one of LoRA, LoRA dropout, DropKey$/],
    [{ variants: [{ name: 'LoRA' }, { name: 'LoRA' }] }, /two variants are called "LoRA"/],
    [{ variants: [{ name: 'LoRA' }, { name: 'DropKey', rated: ['dropout.logits.p'] }] }, /^tried.json: no variant has dropout.lora_input.p at 0.1/],
    [{ rates: [] }, /rates is empty/],
    [{ seeds: [] }, /^tried.json: seeds is 0, expected !0/],
    [{ seeds: [0.5] }, /^tried.json: seeds.0 is/],
    [{ variants: 3 }, /^tried.json: variants is 3, expected Array/],
    [{ more: 1 }, /^tried.json: more is/],
    [{ chosenOn: 'RTE' }, /^tried.json: chosenOn "RTE" is none of "on" \(there is none\)$/],
    [{ costs: { HiddenKey: 2 } }, /^tried.json: costs has "HiddenKey", which is no variant/],
  ])('is refused with a sentence: %j', (part, sentence) => {
    expect(() => readStudy(made(part), 'tried.json')).toThrow(sentence);
  });

  it.each<[Partial<Study>, RegExp]>([
    [{ fixed: { 'data.row': 64 } }, /^tried, LoRA: "data.row=64" is not understood$/],
    [{ rates: [1.5] }, /^tried, DropKey at 1.5: dropout at logits: rate 1.5 is outside/],
    [{ variants: [...study.variants, { name: 'Also LoRA', settings: {}, rated: [] }] }, /^tried: (Also LoRA|LoRA) and (Also LoRA|LoRA) are the same run/],
    [{ variants: [...study.variants, { name: 'Odd', settings: {}, rated: ['model.peft'] }] }, /^tried, Odd at 0.1: model.peft takes no number$/],
  ])('with a run that cannot be is refused: %#', (part, sentence) => {
    expect(() => trialsOf({ ...study, ...part })).toThrow(sentence);
  });
});

describe('the studies that come along', () => {
  const files = import.meta.glob<{ default: unknown }>('./experiments/*.json', { eager: true });
  it.each(Object.keys(files))('%s can be run, at most twelve evaluations a run', (file) => {
    const read = readStudy(files[file].default, file);
    expect(file).toBe(`./experiments/${read.name}.json`);
    expect(read.seeds.length).toBeGreaterThanOrEqual(6);
    for (const { config: { optimizer, evaluation } } of trialsOf(read)) expect(optimizer.steps / evaluation.every + 1).toBeLessThanOrEqual(12);
  });
});

// References of scipy: ttest_1samp with its confidence_interval, and binomtest; Holm's by hand.
describe('statistics', () => {
  it('gives the t-test and its interval', () => {
    const { mean, low, high, p } = paired([0.012, 0.004, -0.003, 0.02, 0.009]);
    expect(mean).toBeCloseTo(0.0084, 12);
    expect(low).toBeCloseTo(-0.0023028267618, 10);
    expect(high).toBeCloseTo(0.0191028267618, 10);
    expect(p).toBeCloseTo(0.0948437404, 9);
    expect(paired([0.1])).toMatchObject({ low: -Infinity, high: Infinity, p: Number.NaN });
    expect(() => paired([])).toThrow('no pairs');
  });

  it('gives the exact sign test, which five seeds cannot bring below 0.0625', () => {
    expect(signTest([1, 1, 1, 1, 1])).toBe(0.0625);
    expect(signTest([1, 1, 1, 1, 1, 1])).toBe(0.03125);
    expect(signTest([1, -1, 1, 1, 0, 1, 1])).toBeCloseTo(0.21875, 12);
    expect(signTest([0, 0])).toBe(1);
  });

  it('adjusts by Holm, never above 1 and never out of order', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.9, Number.NaN, 0.8])).toEqual([1, Number.NaN, 1]);
  });

  it('has a median', () => expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]));
});

/** A run whose held-out loss is lowest at step 10. */
const line = (link: string, loss: number, test: number): ResultLine => ({
  link, device: 'made up', date: '2026-11-25T00:00:00Z', seconds: 2, test: { loss: 0, metric: test },
  evaluations: [[0, 0.7, 0.5], [10, loss, 0.8], [20, loss + 0.1, 0.8]].map(([step, heldOut, metric]) => ({ step, heldOut: { loss: heldOut, metric }, train: { loss: heldOut / 2, metric } })),
});

/** Scores by variant, rate and seed. */
const linesFor = (asked: Study, score: (variant: string, rate: number | undefined, seed: number, on: string) => [loss: number, test: number]) => trialsOf(asked).map(({ variant, rate, seed, on, link }) => line(link, ...score(variant, rate, seed, on)));
const lines = (score: (variant: string, rate: number | undefined, seed: number) => [loss: number, test: number]) => linesFor(study, score);

describe('results', () => {
  it('take the rate that validation chose, also where another is better on the test rows', () => {
    const { variants } = resultsOf(study, lines((_, rate) => (rate === 0.3 ? [0.4, 0.8] : [0.5, 0.9])));
    expect(variants[2].seeds).toMatchObject(Array.from({ length: 6 }, () => ({ rate: 0.3, step: 10, metric: 0.8 })));
    expect(variants[0].seeds[0]).toMatchObject({ rate: undefined, step: 10, metric: 0.9 });
  });

  it('name a winner only where the interval leaves 0 out, with five seeds or more', () => {
    const scores = (variant: string, _: unknown, seed: number): [number, number] => [0.5, 0.8 + 0.001 * seed + (variant === 'DropKey' ? 0.02 + 0.001 * (seed % 2) : variant === 'LoRA' ? 0 : 0.02 * (-1) ** seed)];
    const [plain, dropKey] = resultsOf(study, lines(scores)).comparisons;
    expect([plain.verdict, dropKey.verdict]).toEqual(['no difference shown', 'better']);
    expect(dropKey.sign).toBe(0.03125);
    const few = { ...study, seeds: [1, 2, 3, 4] };
    expect(resultsOf(few, lines(scores)).comparisons.map(({ verdict }) => verdict)).toEqual(['too few seeds', 'too few seeds']);
  });

  it('leave out seeds whose trials are not all there, and count what is', () => {
    const some = lines((_, rate) => [0.5, rate ?? 0.7]).slice(0, 7);
    const result = resultsOf(study, some);
    expect([result.done, result.of]).toEqual([7, 24]);
    expect(result.variants.map(({ seeds }) => seeds.filter(Boolean).length)).toEqual([2, 2, 1]);
    expect(tableOf(study, result)).toContain('| DropKey | 1 of 6 | 10.0 | 10.0 ± – | 0.1 | 2.0 |');
  });

  it('count the first of two lines of one run', () => {
    const all = lines(() => [0.5, 0.7]);
    expect(resultsOf(study, [...all, ...lines(() => [0.1, 0.99])]).variants[0].mean).toBeCloseTo(0.7, 12);
  });

  it('compare at equal seconds with a run of as many steps as take the baseline’s time', () => {
    const costly = readStudy(made({ costs: { DropKey: 2.1, 'LoRA dropout': 1.02 } }), 'tried.json');
    const shorter = trialsOf(costly).filter(({ budget }) => budget === 'seconds');
    expect(shorter).toHaveLength(6 * 2);
    expect(shorter[0].config).toMatchObject({ optimizer: { steps: 10 }, evaluation: { every: 5 } });
    const { comparisons } = resultsOf(costly, linesFor(costly, () => [0.5, 0.8]));
    expect(comparisons.map(({ label }) => label)).toEqual(['LoRA dropout', 'DropKey', 'DropKey, equal seconds']);
  });

  it('have on other data the rate that one of them chose', () => {
    const wide = readStudy(made({ on: [{ name: 'pairs', settings: { 'data.task': 'similarity' } }, { name: 'reviews', settings: {} }], chosenOn: 'reviews' }), 'tried.json');
    // On the pairs themselves the other rate is the better one.
    const { variants } = resultsOf(wide, linesFor(wide, (_, rate, __, on) => ((rate === 0.3) === (on === 'reviews') ? [0.4, 0.8] : [0.5, 0.9])));
    expect(variants.map(({ label, seeds }) => [label, seeds[0]?.rate])).toEqual([
      ['pairs: LoRA', undefined], ['pairs: LoRA dropout', undefined], ['pairs: DropKey', 0.3], ['reviews: LoRA', undefined], ['reviews: LoRA dropout', undefined], ['reviews: DropKey', 0.3],
    ]);
  });

  it('compare two passes by their squared difference where outputs are single numbers', () => {
    const pairs = readStudy(made({ fixed: { 'data.task': 'similarity' }, variants: [{ name: 'LoRA' }, { name: 'LoRA dropout', settings: { 'dropout.lora_input.p': 0.1 } }, { name: 'R-Drop', settings: { 'dropout.hidden.p': 0.1, 'consistency.kind': 'kl' } }] }), 'tried.json');
    expect(trialsOf(pairs).filter(({ seed }) => seed === 1).map(({ config }) => config.consistency.kind)).toEqual(['none', 'none', 'mse']);
  });

  it.each(['differences', 'rates', 'courses'] as const)('are drawn as %s, whatever is there yet, with names that are text', (picture) => {
    const drawn = readStudy(made({ picture, variants: [{ name: 'LoRA' }, { name: '<b>&', settings: { 'dropout.lora_input.p': 0.1 } }, study.variants[2]] }), 'tried.json');
    for (const count of [0, 5, 24]) {
      const some = linesFor(drawn, (_, rate = 0, seed) => [0.5, rate + 0.01 * seed]).slice(0, count);
      const svg = pictureOf(drawn, resultsOf(drawn, some), some);
      expect(svg).not.toMatch(/NaN|undefined|Infinity|<b>/);
      if (count > 0) expect(svg).toContain('&lt;b&gt;&amp;');
    }
  });

  it('make a page with what the paper has', () => {
    const cited = readStudy(made({ paper: { source: 'table 9', columns: ['method', 'score'], rows: [['LoRA', 84.48]] } }), 'tried.json');
    const all = lines(() => [0.5, 0.7]);
    const page = pageOf(cited, resultsOf(cited, all), all, 'tried.svg');
    expect(page).toContain('Run on made up, 2026-11-25.');
    expect(page).toContain('| LoRA | 84.48 |');
    expect(page).toContain('![Tried, drawn](tried.svg)');
  });
});

describe('lines', () => {
  it('are read back with what is no number, and without those that were cut off', () => {
    const [first] = lines(() => [0.5, Number.NaN]);
    const { lines: read, bad } = readLines(`${JSON.stringify(first)}\n\n${JSON.stringify(first).slice(0, 50)}\n{"link":""}\n`);
    expect(bad).toBe(2);
    expect(read).toEqual([first]);
  });

  it('tell how long other runs take, a second pass counted', () => {
    const [plain] = lines(() => [0.5, 0.7]);
    expect(estimate([plain.link], [])).toBeUndefined();
    const one = estimate([plain.link], [plain])!;
    // Its test rows are scored beyond the two seconds.
    expect(one).toBeGreaterThan(2);
    expect(estimate([plain.link, plain.link], [plain])).toBeCloseTo(2 * one, 9);
    expect(estimate([`${plain.link}&consistency.kind=kl&dropout.hidden.p=0.1`], [plain])).toBeGreaterThan(1.05 * one);
  });
});
