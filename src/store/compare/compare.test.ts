/** The grid as a study of the cards, and what is brought to the page. */
import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../config/config';
import { BUILT_IN } from '../../config/models';
import { openLink } from '../../config/url';
import { lineOf } from '../../studies/lines';
import { trialsOf } from '../../studies/study';
import { BASELINE, cellName, cellsOf, gridStudy, JOINED, runsOf, verdictWords } from './grid';
import { EXPERIMENTS, readBrought, viewOf } from './studies';

const encoder = BUILT_IN['nano-encoder'];
const choice = { compensation: 'none', rates: [0.1], seeds: 6 } as const;

it('is what is on the cards without its dropout, a cell a position and pattern', () => {
  const draft = { ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, rows: 64 }, dropout: { output: { p: 0.3, pattern: 'element' as const } } };
  const study = gridStudy(draft, encoder, { ...choice, compensation: 'kl' });
  const runs = runsOf(study, [cellName('weights', 'span'), JOINED]);
  expect(runs).toHaveLength(3 * 6);
  expect(runs.slice(0, 3).map(({ name }) => name)).toEqual(['no dropout, seed 1', 'DropAttention, span at 0.1, seed 1', 'HiddenKey at 0.1, seed 1']);
  const [plain, span, both] = runs.map(({ link }) => openLink(link).config);
  expect(plain).toMatchObject({ data: { rows: 64 }, dropout: {}, consistency: { kind: 'none' }, seed: 1 });
  expect(span).toMatchObject({ dropout: { weights: { p: 0.1, pattern: 'span' } }, consistency: { kind: 'kl' } });
  expect(both.dropout).toEqual({ logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.1, pattern: 'element' } });
});

it('drops where decoders drop, and names no winner below five seeds', () => {
  const study = gridStudy({ ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, source: 'nano-decoder' } }, BUILT_IN['nano-decoder'], choice);
  const trials = trialsOf(study);
  const cell = cellName('logits', 'column');
  expect(trials.find(({ variant }) => variant === cell)!.config.dropout.logits).toMatchObject({ fromLayer: expect.any(Number) as number });
  const score = (seed: number, metric: number) => ({ loss: 0.5, metric: metric + seed / 1000 });
  const line = ({ link, seed, variant }: (typeof trials)[number]) => lineOf(link, { device: 'made up', seconds: 1, evaluations: [{ step: 0, heldOut: score(seed, 0.7), train: score(seed, 0.7) }], test: score(seed * (variant === cell ? 1.1 : 1), variant === cell ? 0.9 : 0.8) });
  const judged = (seeds: number) => cellsOf(study, trials.filter(({ seed, variant }) => seed <= seeds && (variant === cell || variant === BASELINE)).map(line)).get(cell)!;
  expect(verdictWords(judged(4).comparison!)).toBe('4 pairs: too few to say');
  expect(verdictWords(judged(6).comparison!)).toBe('better');
  expect(judged(6).losses).toEqual([{ step: 0, loss: 0.5 }]);
});

it('has the nine studies, and reads what is brought', () => {
  expect(EXPERIMENTS).toHaveLength(9);
  const [study] = EXPERIMENTS;
  const { runs, done, tables, picture } = viewOf(study, 2, []);
  expect([done, tables.length]).toEqual([0, 3]);
  expect(picture).toContain('<svg');
  expect(readBrought(JSON.stringify(study), 'mine.json')).toMatchObject({ kind: 'study' });
  expect(readBrought(JSON.stringify({ ...study, rates: [7] }), 'mine.json')).toMatchObject({ kind: 'neither', sentence: expect.stringContaining('rate 7') as string });
  const line = lineOf(runs[0].link, { device: 'made up', seconds: 1, evaluations: [], test: { loss: 1, metric: 0.5 } });
  expect(readBrought(`${JSON.stringify(line)}\n{"lin`, 'some.jsonl')).toMatchObject({ kind: 'lines', lines: [line], note: '1 result of some.jsonl is here; 1 line was cut off or no result.' });
  expect(readBrought('hello', 'some.txt')).toMatchObject({ kind: 'neither' });
});
