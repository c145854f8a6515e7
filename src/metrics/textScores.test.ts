/** Scores of texts against the programs that the literature uses: made-up texts always, the published outputs where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import referee from '../fixtures/metrics/referee.json';
import { bleu } from './bleu';
import { cider, ciderOf } from './cider';
import { meteorOf } from './meteor';
import type { Segment } from './ngrams';
import { nist } from './nist';
import { porterStem } from './porter';
import { commonLength, rougeL, rougeLOf } from './rouge';
import { ter } from './ter';
import { readWritten, textScores } from './textScores';
import { asciiLower, mtevalWords, spaceWords, treebankWords } from './words';

const segment = (hypothesis: string, references: readonly string[], words: (text: string) => string[] = spaceWords): Segment => ({ hypothesis: words(hypothesis), references: references.map(words) });
const lower = (text: string) => spaceWords(text.toLowerCase());
const mteval = (text: string) => mtevalWords(asciiLower(text));

describe(`made-up texts, as ${referee.by}`, () => {
  it.each(referee.texts.map((one) => [one.hypothesis, one] as const))('"%s"', (hypothesis, { references, ...expected }) => {
    expect(mtevalWords(hypothesis).join(' ')).toBe(expected.words);
    expect(ter([segment(hypothesis, references, lower)])).toBeCloseTo(expected.ter, 9);
    expect(meteorOf(segment(hypothesis, references))).toBeCloseTo(expected.meteor, 12);
    expect(bleu([segment(hypothesis, references, mteval)], { effective: true }).score).toBeCloseTo(expected.bleu, 12);
  });

  it('over all of them', () => {
    const all = (words: (text: string) => string[]) => referee.texts.map(({ hypothesis, references }) => segment(hypothesis, references, words));
    expect(bleu(all(mteval)).score).toBeCloseTo(referee.bleu, 12);
  });

  it.each(Object.entries(referee.stems))('stem of %s: %s', (word, stem) => expect(porterStem(word)).toBe(stem));
});

describe('words', () => {
  it.each([
    ["It isn't Mill's; can't they've gone?", "it is n't mill 's ca n't they 've gone"],
    ['£20-25 or 20£-25, of £20-£25.', '£ 20-25 or 20 £ -25 of £ 20 £ 25'.replace('-25 of', '25 of')],
    ["'The Mill' is non- smoking - (cheap)..", 'the mill is non smoking cheap ..'],
    ['kids.Then "more"... e.g. this', 'kids.then more e.g. this'],
  ])('of the Penn Treebank: %s', (text, words) => expect(treebankWords(text).join(' ')).toBe(words));
});

describe('ROUGE-L and CIDEr by hand', () => {
  it('take the longest common subsequence, and the best precision and recall apart', () => {
    expect(commonLength('a b c d e'.split(' '), 'a c e x'.split(' '))).toBe(3);
    const [precision, recall] = [3 / 4, 1];
    expect(rougeLOf(segment('a b c d', ['a b c x y z', 'b c']))).toBeCloseTo(((1 + 1.44) * precision * recall) / (recall + 1.44 * precision), 12);
    expect(rougeL([segment('', ['a']), segment('a', ['a'])])).toBe(0.5);
  });

  it('give a copy the greatest CIDEr, and a single text none', () => {
    const texts = ['a small café sells fish today', 'the tall house stands near water', 'nobody knows which way home lies'];
    for (const score of ciderOf(texts.map((text) => segment(text, [text])))) expect(score).toBeCloseTo(10, 9);
    expect(cider([segment('a b c d', ['a b c d'])])).toBe(0);
  });
});

describe('the two files', () => {
  it('are read with one reference a line, or in groups', () => {
    expect(readWritten('\uFEFFa\r\nb\n', 'c\nd\n')).toEqual([{ hypothesis: 'a', references: ['c'] }, { hypothesis: 'b', references: ['d'] }]);
    expect(readWritten('a\nb', 'c\nd\n\n\ne\n')).toEqual([{ hypothesis: 'a', references: ['c', 'd'] }, { hypothesis: 'b', references: ['e'] }]);
    expect(readWritten('a\n\nb\n', 'c\nd\ne\n').map(({ hypothesis }) => hypothesis)).toEqual(['a', '', 'b']);
  });

  it('refuse numbers that do not fit', () => {
    expect(() => readWritten('a\nb\nc', 'd\n\ne')).toThrow('3 hypotheses and 2 groups of references');
    expect(() => textScores([])).toThrow('no segment');
    expect(() => textScores([{ hypothesis: 'a', references: [] }])).toThrow('segment 1 has no reference');
  });
});

const data = process.env.REFERENCE_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const here = existsSync(join(data, 'metrics'));

interface Published { run_perl_mteval13a: { BLEU: number; NIST: number }; run_coco_with_approx_ptb: { ROUGE_L: number; CIDEr: number } }

describe.skipIf(!here)('published outputs, where they are at hand', () => {
  const json = <T>(file: string) => JSON.parse(readFileSync(join(data, 'metrics', file), 'utf8')) as T;

  it('TER and METEOR of outputs of the E2E challenge', () => {
    const { instances, corpus_ter: corpora } = json<{ instances: { hyp: string; refs: string[]; ter: number; meteor: number }[]; corpus_ter: { hyps: string[]; refs: string[][]; ter: number }[] }>('ter_meteor_cases.json');
    for (const { hyp, refs, ter: rate, meteor } of instances) {
      expect(ter([segment(hyp, refs, lower)])).toBeCloseTo(rate, 5);
      expect(meteorOf(segment(hyp, refs))).toBeCloseTo(meteor, 7);
    }
    for (const { hyps, refs, ter: rate } of corpora) expect(ter(hyps.map((hyp, index) => segment(hyp, refs[index], lower)))).toBeCloseTo(rate, 5);
  });

  it('BLEU, NIST, ROUGE-L and CIDEr of ten developers’ texts, and on given words', () => {
    const { corpus } = json<{ corpus: { perl_mteval13a: { BLEU: number; NIST: number }; ROUGE_L: number; CIDEr: number } }>('e2e_metrics_example/expected.json');
    const read = (file: string) => readFileSync(join(data, 'metrics', 'e2e_metrics_example', file), 'utf8');
    const scores = textScores(readWritten(read('baseline-output.txt'), read('devel-conc.txt')));
    expect(scores.BLEU).toBeCloseTo(corpus.perl_mteval13a.BLEU, 4);
    expect(scores.NIST).toBeCloseTo(corpus.perl_mteval13a.NIST, 4);
    expect(scores.ROUGE_L).toBeCloseTo(corpus.ROUGE_L, 12);
    expect(scores.CIDEr).toBeCloseTo(corpus.CIDEr, 12);
    const given = json<{ corpus: { ROUGE_L: number; CIDEr: number; pymteval_NIST: number }; instances: { hyp: string; refs: string[] }[] }>('coco_pretokenized_cases.json');
    const segments = given.instances.map(({ hyp, refs }) => segment(hyp, refs, (text) => text.split(' ')));
    expect(rougeL(segments)).toBeCloseTo(given.corpus.ROUGE_L, 12);
    expect(cider(segments)).toBeCloseTo(given.corpus.CIDEr, 12);
    expect(nist(segments, { length: 'segments' })).toBeCloseTo(given.corpus.pymteval_NIST, 10);
  });

  it('a system of the E2E challenge', () => {
    const references = new Map<string, string[]>();
    for (const [, meaning, text] of readFileSync(join(data, 'e2e', 'testset_w_refs.csv'), 'utf8').matchAll(/^"?(.+?)"?,"?((?:[^"\n]|"")*?)"?\r?$/gm)) references.set(meaning, [...(references.get(meaning) ?? []), text.replaceAll('""', '"')]);
    const rows = readFileSync(join(data, 'metrics', 'e2e_challenge', 'primary', 'chen.tsv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.replace(/\r$/, '').split('\t').map((cell) => cell.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')));
    const written = rows.map(([meaning, hypothesis]) => ({ hypothesis, references: references.get(meaning) ?? [] }));
    const { run_perl_mteval13a: perl, run_coco_with_approx_ptb: coco } = json<{ systems: Record<string, Published> }>('e2e_challenge/expected.json').systems.chen;
    expect(bleu(written.map((one) => segment(one.hypothesis, one.references, mteval))).score).toBeCloseTo(perl.BLEU, 4);
    expect(nist(written.map((one) => segment(one.hypothesis, one.references, mteval)))).toBeCloseTo(perl.NIST, 4);
    const treebank = written.map((one) => segment(one.hypothesis, one.references, treebankWords));
    expect(rougeL(treebank)).toBeCloseTo(coco.ROUGE_L, 10);
    expect(cider(treebank)).toBeCloseTo(coco.CIDEr, 10);
  });
});
