/**
 * Porter's stemmer (1980) with the changes of NLTK's default mode, on which METEOR's stem matches rest here: irregular forms, `y` → `i` behind
 * a consonant only, `-logi`, `-fulli`, `-bli`, short words untouched.
 */

const IRREGULAR = new Map(Object.entries({
  sky: ['sky', 'skies'], die: ['dying'], lie: ['lying'], tie: ['tying'], news: ['news'], inning: ['innings', 'inning'], outing: ['outings', 'outing'],
  canning: ['cannings', 'canning'], howe: ['howe'], proceed: ['proceed'], exceed: ['exceed'], succeed: ['succeed'],
}).flatMap(([stem, forms]) => forms.map((form) => [form, stem] as const)));

function isConsonant(word: string, at: number): boolean {
  if ('aeiou'.includes(word[at])) return false;
  return word[at] !== 'y' || at === 0 || !isConsonant(word, at - 1);
}

/** How often vowels are followed by consonants. */
function measure(stem: string): number {
  const kinds = Array.from(stem, (_, at) => (isConsonant(stem, at) ? 'c' : 'v')).join('');
  return (kinds.match(/vc/g) ?? []).length;
}

const hasVowel = (stem: string) => Array.from(stem).some((_, at) => !isConsonant(stem, at));
const endsDouble = (word: string) => word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
const endsShort = (word: string) => (
  word.length >= 3 && isConsonant(word, word.length - 3) && !isConsonant(word, word.length - 2) && isConsonant(word, word.length - 1) && !'wxy'.includes(word.at(-1)!)
) || (word.length === 2 && !isConsonant(word, 0) && isConsonant(word, 1));

type Rule = [ending: string, instead: string, when?: (stem: string) => boolean];

/** The first rule whose ending fits decides, also when its condition does not hold. */
function apply(word: string, rules: readonly Rule[]): string {
  for (const [ending, instead, when] of rules) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, word.length - ending.length);
    return !when || when(stem) ? stem + instead : word;
  }
  return word;
}

const some = (stem: string) => measure(stem) > 0;
const more = (stem: string) => measure(stem) > 1;

function plurals(word: string): string {
  if (word.endsWith('ies') && word.length === 4) return word.slice(0, -3) + 'ie';
  return apply(word, [['sses', 'ss'], ['ies', 'i'], ['ss', 'ss'], ['s', '']]);
}

function pastForms(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, -3) + (word.length === 4 ? 'ie' : 'i');
  if (word.endsWith('eed')) return some(word.slice(0, -3)) ? `${word.slice(0, -3)}ee` : word;
  const ending = ['ed', 'ing'].find((one) => word.endsWith(one) && hasVowel(word.slice(0, -one.length)));
  if (!ending) return word;
  const stem = word.slice(0, -ending.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem)) return 'lsz'.includes(stem.at(-1)!) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

const finalY = (word: string) => apply(word, [['y', 'i', (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)]]);

const SUFFIXES: readonly Rule[] = [
  ['ational', 'ate', some], ['tional', 'tion', some], ['enci', 'ence', some], ['anci', 'ance', some], ['izer', 'ize', some], ['bli', 'ble', some],
  ['alli', 'al', some], ['entli', 'ent', some], ['eli', 'e', some], ['ousli', 'ous', some], ['ization', 'ize', some], ['ation', 'ate', some],
  ['ator', 'ate', some], ['alism', 'al', some], ['iveness', 'ive', some], ['fulness', 'ful', some], ['ousness', 'ous', some], ['aliti', 'al', some],
  ['iviti', 'ive', some], ['biliti', 'ble', some], ['fulli', 'ful', some], ['logi', 'log', (stem) => some(`${stem}l`)],
];

function longSuffixes(word: string): string {
  // NLTK takes `-alli` again once it has become `-al`.
  if (word.endsWith('alli') && some(word.slice(0, -4))) return longSuffixes(`${word.slice(0, -4)}al`);
  return apply(word, SUFFIXES);
}

const middleSuffixes = (word: string) => apply(word, [['icate', 'ic', some], ['ative', '', some], ['alize', 'al', some], ['iciti', 'ic', some], ['ical', 'ic', some], ['ful', '', some], ['ness', '', some]]);

const lastSuffixes = (word: string) => apply(word, [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map((ending): Rule => [ending, '', more]),
  ['ion', '', (stem) => more(stem) && 'st'.includes(stem.at(-1)!)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map((ending): Rule => [ending, '', more]),
]);

function finalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  return measure(stem) > 1 || (measure(stem) === 1 && !endsShort(stem)) ? stem : word;
}

const doubleL = (word: string) => (word.endsWith('ll') && more(word.slice(0, -1)) ? word.slice(0, -1) : word);

/** The stem of a word, in lower case. */
export function porterStem(given: string): string {
  const word = given.toLowerCase();
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return [plurals, pastForms, finalY, longSuffixes, middleSuffixes, lastSuffixes, finalE, doubleL].reduce((stem, step) => step(stem), word);
}
