/** All scores of written texts on their references, each on the words that its literature counts. */
import { bleu } from './bleu';
import { cider } from './cider';
import { meteor } from './meteor';
import type { Segment } from './ngrams';
import { nist } from './nist';
import { rougeL } from './rouge';
import { ter } from './ter';
import { asciiLower, mtevalWords, spaceWords, treebankWords } from './words';

/** A text and what it could have been. */
export interface Written {
  hypothesis: string;
  references: readonly string[];
}

export interface TextScores {
  /** 0…1, mteval-v13a: lower case, smoothed. */
  BLEU: number;
  /** From 0 up, mteval-v13a. */
  NIST: number;
  /** 0…1, exact and stem matches only: not the published METEOR 1.5. */
  METEOR: number;
  /** 0…1, as the scorers of COCO captions. */
  ROUGE_L: number;
  /** 0…10, CIDEr-D as the scorers of COCO captions. */
  CIDEr: number;
  /** Edits per hundred words, sacreBLEU's defaults; lower is better. */
  TER: number;
}

/** What the numbers are, for whoever reads them in a file. */
export const DEFINITIONS: Record<keyof TextScores, string> = {
  BLEU: 'mteval-v13a, lower case, 0 to 1',
  NIST: 'mteval-v13a, lower case, 5-grams',
  METEOR: 'exact and Porter stem matches, no synonyms (alpha 0.9, beta 3, gamma 0.5), words between spaces, 0 to 1; not METEOR 1.5',
  ROUGE_L: 'pycocoevalcap, beta 1.2, Penn Treebank words in lower case without punctuation, 0 to 1',
  CIDEr: 'pycocoevalcap CIDEr-D, document frequencies of these references, Penn Treebank words as ROUGE_L, 0 to 10',
  TER: 'sacreBLEU 2.6 defaults, words between spaces in lower case, edits per hundred words of reference',
};

/** @throws RangeError where there is no text, or one without a reference */
export function textScores(written: readonly Written[]): TextScores {
  const segments = (words: (text: string) => string[]): Segment[] => written.map(({ hypothesis, references }) => ({ hypothesis: words(hypothesis), references: references.map(words) }));
  const mteval = segments((text) => mtevalWords(asciiLower(text)));
  const treebank = segments(treebankWords);
  return {
    BLEU: bleu(mteval).score, NIST: nist(mteval), METEOR: meteor(segments(spaceWords)), ROUGE_L: rougeL(treebank), CIDEr: cider(treebank),
    TER: ter(segments((text) => spaceWords(text.toLowerCase()))),
  };
}

/**
 * Texts of the two files that the scorers of the E2E challenge read: a hypothesis a line; references a line each, an empty line between groups.
 * A file without an empty line has one reference a hypothesis.
 * @throws RangeError where the numbers do not fit
 */
export function readWritten(hypotheses: string, references: string): Written[] {
  const lines = linesOf(references);
  const groups: string[][] = lines.includes('') ? [[]] : lines.map((line) => [line]);
  if (lines.includes('')) {
    for (const line of lines) {
      if (line !== '') groups.at(-1)!.push(line);
      else if (groups.at(-1)!.length > 0) groups.push([]);
    }
    if (groups.at(-1)!.length === 0) groups.pop();
  }
  const texts = linesOf(hypotheses);
  // A text may be empty, the last ones too: lines that are missing at the end are such, since whoever writes files cuts them off.
  if (texts.length < groups.length && hypotheses.split(/\r?\n/).length > groups.length) while (texts.length < groups.length) texts.push('');
  if (texts.length !== groups.length) throw new RangeError(`${texts.length} hypotheses and ${groups.length} groups of references; give one group a hypothesis, an empty line between groups`);
  return texts.map((hypothesis, index) => ({ hypothesis, references: groups[index] }));
}

/** Lines of a file, without the end of the last one and without carriage returns, byte order mark or spaces around. */
const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').replace(/(\r?\n)+$/, '').split(/\r?\n/).map((line) => line.trim());
