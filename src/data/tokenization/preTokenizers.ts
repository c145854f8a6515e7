/** How a text is cut before the model sees it: one function a kind of pre-tokeniser in tokenizer.json. */
import { type Json, partsOf } from './json';
import { behaviorOf, cut, inverted, matchesOf, type Piece, stretchesOf } from './piece';
import { patternOf } from './pattern';
import { scriptOf } from './scripts';
import { glyphsOf, isNumeric, isPunctuation, isWhitespace, WORD } from './unicode';

export type PreTokenizer = (piece: Piece) => Piece[];

const BYTE_LEVEL = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const WORDS = new RegExp(`${WORD}+|[^${WORD.slice(1, -1)}\\p{White_Space}]+`, 'gu');

const withoutSpaces = (piece: Piece) => cut(piece, stretchesOf(piece.text, isWhitespace), 'removed');

function byteLevel({ add_prefix_space: prefix = true, use_regex: regex = true }: Json): PreTokenizer {
  return (piece) => {
    const whole = prefix && !piece.text.startsWith(' ') ? { ...piece, text: ` ${piece.text}` } : piece;
    const pieces = regex ? cut(whole, matchesOf(whole.text, BYTE_LEVEL), 'isolated') : [whole];
    return pieces.map(({ text, first }) => ({ text: glyphsOf(text), first }));
  };
}

function metaspace({ replacement = '▁', prepend_scheme: scheme, add_prefix_space: prefix, split = true }: Json): PreTokenizer {
  const mark = String(replacement);
  const how = String(scheme ?? (prefix === false ? 'never' : 'always')).toLowerCase();
  return (piece) => {
    const text = piece.text.replaceAll(' ', mark);
    const prepends = !text.startsWith(mark) && (how === 'always' || (how === 'first' && piece.first));
    const whole = { ...piece, text: prepends ? mark + text : text };
    return split ? cut(whole, stretchesOf(whole.text, (character) => character === mark), 'mergedwithnext') : [whole];
  };
}

function split({ pattern, behavior, invert }: Json): PreTokenizer {
  const [expression, how] = [patternOf(pattern), behaviorOf(behavior)];
  return (piece) => {
    const stretches = matchesOf(piece.text, expression);
    return cut(piece, invert ? inverted(stretches) : stretches, how);
  };
}

function fixedLength(length: number): PreTokenizer {
  if (!(length >= 1)) throw new Error(`tokenizer.json: the length of a FixedLength pre-tokenizer has to be 1 or more (${length}).`);
  return ({ text, first }) => {
    const characters = Array.from(text);
    return Array.from({ length: Math.ceil(characters.length / length) }, (_, i) => ({ text: characters.slice(i * length, (i + 1) * length).join(''), first: first && i === 0 }));
  };
}

/** Cuts where the script changes; spaces belong to what stands before them. */
function unicodeScripts(piece: Piece): Piece[] {
  const cuts: number[] = [];
  let [last, at]: [string | undefined, number] = [undefined, 0];
  for (const character of piece.text) {
    const script = scriptOf(character);
    if (script !== 'Any') {
      if (last !== script) cuts.push(at);
      last = script;
    }
    at += character.length;
  }
  cuts.push(at);
  return cuts.slice(1).map((to, i) => ({ text: piece.text.slice(cuts[i], to), first: piece.first && cuts[i] === 0 }));
}

/** @throws where the kind is not known */
export function createPreTokenizer(config: Json): PreTokenizer {
  switch (config.type) {
    case 'BertPreTokenizer': return (piece) => withoutSpaces(piece).flatMap((word) => cut(word, stretchesOf(word.text, isPunctuation), 'isolated'));
    case 'ByteLevel': return byteLevel(config);
    case 'CharDelimiterSplit': return (piece) => cut(piece, stretchesOf(piece.text, (character) => character === config.delimiter), 'removed');
    case 'Digits': return (piece) => cut(piece, stretchesOf(piece.text, isNumeric), config.individual_digits ? 'isolated' : 'contiguous');
    case 'FixedLength': return fixedLength(Number(config.length ?? 5));
    case 'Metaspace': return metaspace(config);
    case 'Punctuation': {
      const behavior = behaviorOf(config.behavior ?? 'isolated');
      return (piece) => cut(piece, stretchesOf(piece.text, isPunctuation), behavior);
    }
    case 'Split': return split(config);
    case 'UnicodeScripts': return unicodeScripts;
    case 'Whitespace': return (piece) => cut(piece, inverted(matchesOf(piece.text, WORDS)), 'removed');
    case 'WhitespaceSplit': return withoutSpaces;
    case 'Sequence': {
      const all = partsOf(config.pretokenizers).map(createPreTokenizer);
      return (piece) => all.reduce((pieces, preTokenizer) => pieces.flatMap(preTokenizer), [piece]);
    }
    default: throw new Error(`tokenizer.json: a pre-tokenizer of this kind is not known (${String(config.type)}); export the tokenizer without it.`);
  }
}
