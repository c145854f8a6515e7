/** How texts become words before they are compared. Each score of the literature has its own way, and another way gives another number. */

/** Split at white space. */
export const spaceWords = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * mteval-v13a's tokenization (NIST; sacreBLEU calls it 13a): punctuation other than `'`, `-`, `.`, `,` stands alone, full stops and commas
 * do unless they are within a number, a dash does behind a digit.
 */
export function mtevalWords(text: string): string[] {
  const plain = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ')
    .replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  return spaceWords(` ${plain} `
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 '));
}

/** ASCII letters in lower case, as mteval does it: `É` stays. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Endings that are words of their own in the Penn Treebank. */
const CLITIC = /^(.+?)(n['’]t|['’](?:s|m|d|ll|re|ve))$/i;
/** Left out by the scorers of COCO captions. */
const PUNCTUATION = new Set(["''", "'", '``', '`', '-lrb-', '-rrb-', '-lcb-', '-rcb-', '(', ')', '{', '}', '[', ']', '.', '?', '!', ',', ':', '-', '--', '...', ';', '"', '…', '’', '‘', '“', '”', '–', '—']);

/**
 * Words as the scorers of COCO captions see them: an approximation of Stanford's PTBTokenizer with `-lowerCase`, punctuation left out. A
 * currency sign is a word, hyphens inside words stay and others go, `isn't` is `is` and `n't`.
 */
export function treebankWords(text: string): string[] {
  const apart = text.toLowerCase()
    .replace(/[$£€¥#%&@*+=<>/\\|^~]/g, ' $& ')
    .replace(/["“”„()[\]{};?!…]/g, ' $& ')
    .replace(/--+/g, ' -- ')
    .replace(/[,:](?!\d)/g, ' $& ')
    .replace(/(^|\D)([,:])/g, '$1 $2 ')
    .replace(/\.{3,}/g, ' ... ')
    // Two full stops are a word of their own, and none that the scorers leave out.
    .replace(/(^|[^.])\.\.(?!\.)/g, '$1 .. ');
  return spaceWords(apart).flatMap(treebankWord).filter((word) => !PUNCTUATION.has(word));
}

/** One run without spaces → its words. */
function treebankWord(run: string): string[] {
  if (PUNCTUATION.has(run) || run === '..') return [run];
  const dashed = /^(-*)([^-].*?)(-*)$/.exec(run);
  if (dashed && (dashed[1] !== '' || dashed[3] !== '')) return treebankWord(dashed[2]);
  const quoted = /^(['‘’`]+)(.+)$/.exec(run);
  if (quoted && !/^['’](?:s|m|d|ll|re|ve|tis|twas|em|n)$/.test(run)) return [quoted[1], ...treebankWord(quoted[2])];
  const closed = /^(.+?)(['’`]+)$/.exec(run);
  if (closed && !/^['’]/.test(run)) return [...treebankWord(closed[1]), closed[2]];
  // A full stop ends a sentence wherever it ends a run, but in an abbreviation of single letters.
  const stopped = /^(.+?)(\.)$/.exec(run);
  if (stopped && !/^(?:[a-z]\.)+$/.test(run)) return [...treebankWord(stopped[1]), '.'];
  const clitic = CLITIC.exec(run);
  if (clitic) return [...treebankWord(clitic[1]), clitic[2].replace('’', "'")];
  return [run];
}
