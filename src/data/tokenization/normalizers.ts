/** What is done to a text before it is cut: one function a kind of normaliser in tokenizer.json. */
import { type Json, partsOf } from './json';
import { matchesOf, type Piece } from './piece';
import { patternOf } from './pattern';
import { precompiled } from './precompiled';
import { glyphsOf, isChinese, isMark, isNonspacingMark, isOther, isWhitespace, lowercase } from './unicode';

export type Normalizer = (piece: Piece) => Piece;

const onText = (change: (text: string) => string): Normalizer => ({ text, first }) => ({ text: change(text), first });

/** Drops characters. A piece that loses its first character no longer begins where the text did. */
function filtered({ text, first }: Piece, keep: (character: string) => boolean): Piece {
  const characters = Array.from(text);
  return { text: characters.filter(keep).join(''), first: first && (characters.length === 0 || keep(characters[0])) };
}

function mapped({ text, first }: Piece, change: (character: string) => string): Piece {
  return { text: Array.from(text, change).join(''), first };
}

function bert({ clean_text: clean = true, handle_chinese_chars: chinese = true, strip_accents: strip, lowercase: lower = true }: Json): Normalizer {
  return (piece) => {
    let now = piece;
    if (clean) {
      now = filtered(now, (character) => character !== '\0' && character !== '\uFFFD' && (/[\t\n\r]/.test(character) || !isOther(character)));
      now = mapped(now, (character) => (isWhitespace(character) ? ' ' : character));
    }
    if (chinese) now = mapped(now, (character) => (isChinese(character) ? ` ${character} ` : character));
    if (strip ?? lower) now = filtered({ ...now, text: now.text.normalize('NFD') }, (character) => !isNonspacingMark(character));
    return lower ? { ...now, text: lowercase(now.text) } : now;
  };
}

function strip({ strip_left: left = true, strip_right: right = true }: Json): Normalizer {
  return ({ text, first }) => {
    const front = left ? text.replace(/^\p{White_Space}+/u, '') : text;
    return { text: right ? front.replace(/\p{White_Space}+$/u, '') : front, first: first && front.length === text.length };
  };
}

function replace({ pattern, content }: Json): Normalizer {
  const [expression, put] = [patternOf(pattern), String(content ?? '')];
  return ({ text, first }) => {
    const stretches = matchesOf(text, expression);
    const dropped = put === '' && stretches.length > 0 && stretches[0][2] && stretches[0][1] > 0;
    return { text: stretches.map(([from, to, matched]) => (matched ? put : text.slice(from, to))).join(''), first: first && !dropped };
  };
}

/** As SentencePiece prepares text for machine translation. */
function nmt(piece: Piece): Piece {
  const kept = filtered(piece, (character) => !/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/.test(character));
  return mapped(kept, (character) => (/[\t\n\f\r\u1680\u200B-\u200F\u2028\u2029\u2581\uFEFF\uFFFD]/.test(character) ? ' ' : character));
}

/** @throws where the kind is not known */
export function createNormalizer(config: Json): Normalizer {
  const kind = config.type;
  switch (kind) {
    case 'BertNormalizer': return bert(config);
    case 'Strip': return strip(config);
    case 'StripAccents': return (piece) => filtered(piece, (character) => !isMark(character));
    case 'Lowercase': return onText(lowercase);
    case 'NFC': case 'NFD': case 'NFKC': case 'NFKD': return onText((text) => text.normalize(kind));
    case 'Nmt': return nmt;
    case 'Replace': return replace(config);
    case 'Prepend': return onText((text) => (text === '' ? text : `${String(config.prepend)}${text}`));
    case 'ByteLevel': return onText(glyphsOf);
    case 'Precompiled': return onText(precompiled(String(config.precompiled_charsmap ?? '')));
    case 'Sequence': {
      const all = partsOf(config.normalizers).map(createNormalizer);
      return (piece) => all.reduce((now, normalizer) => normalizer(now), piece);
    }
    default: throw new Error(`tokenizer.json: a normalizer of this kind is not known (${String(kind)}); export the tokenizer without it.`);
  }
}
