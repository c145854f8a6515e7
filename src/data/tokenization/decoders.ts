/** Tokens back into text: one function a kind of decoder in tokenizer.json, each from tokens to tokens, which are then joined. */
import { type Json, isObject, partsOf } from './json';
import { patternOf } from './pattern';
import { bytesOf, GLYPHS } from './unicode';

type Decoder = (tokens: string[]) => string[];

const BYTES = new Map(GLYPHS.map((glyph, byte) => [glyph, byte]));
const text = (bytes: number[]) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));

/** A token whose characters all stand for bytes gives these; another one, such as an added token, its own. */
function byteLevel(tokens: string[]): string[] {
  return [text(tokens.flatMap((token) => {
    const bytes = Array.from(token, (glyph) => BYTES.get(glyph));
    return bytes.includes(undefined) ? [...bytesOf(token)] : (bytes as number[]);
  }))];
}

/** Runs of `<0xE2>` give the text they are bytes of; a run that is no text one replacement character a byte. */
function byteFallback(tokens: string[]): string[] {
  const decoded: string[] = [];
  let run: number[] = [];
  const flush = () => {
    if (run.length === 0) return;
    try {
      decoded.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(run)));
    } catch {
      decoded.push(...run.map(() => '\uFFFD'));
    }
    run = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte) run.push(parseInt(byte[1], 16));
    else {
      flush();
      decoded.push(token);
    }
  }
  flush();
  return decoded;
}

/** Spaces that English has not. */
const cleaned = (token: string) => token
  .replaceAll(' .', '.').replaceAll(' ?', '?').replaceAll(' !', '!').replaceAll(' ,', ',').replaceAll(" ' ", "'").replaceAll(" n't", "n't")
  .replaceAll(" 'm", "'m").replaceAll(' do not', " don't").replaceAll(" 's", "'s").replaceAll(" 've", "'ve").replaceAll(" 're", "'re");

function wordPiece({ prefix = '##', cleanup = true }: Json): Decoder {
  return (tokens) => tokens.map((token, index) => {
    const piece = index === 0 ? token : token.startsWith(String(prefix)) ? token.slice(String(prefix).length) : ` ${token}`;
    return cleanup ? cleaned(piece) : piece;
  });
}

function metaspace({ replacement = '▁', prepend_scheme: scheme = 'always', add_prefix_space: prefixed = true }: Json): Decoder {
  const drops = scheme !== 'never' && prefixed !== false;
  return (tokens) => tokens.map((token, index) => token.replaceAll(String(replacement), index === 0 && drops ? '' : ' '));
}

function strip({ content, start = 0, stop = 0 }: Json): Decoder {
  const ends = (characters: string[], most: number) => {
    let count = 0;
    while (count < most && count < characters.length && characters[count] === content) count++;
    return count;
  };
  return (tokens) => tokens.map((token) => {
    const front = Array.from(token).slice(ends(Array.from(token), Number(start)));
    return front.slice(0, front.length - ends([...front].reverse(), Number(stop))).join('');
  });
}

function wordEnds({ suffix = '</w>' }: Json): Decoder {
  return (tokens) => tokens.map((token, index) => token.replaceAll(String(suffix), index === tokens.length - 1 ? '' : ' '));
}

/** @throws where the kind is not known */
function createOne(config: Json): Decoder {
  switch (config.type) {
    case 'ByteLevel': return byteLevel;
    case 'ByteFallback': return byteFallback;
    case 'WordPiece': return wordPiece(config);
    case 'Metaspace': return metaspace(config);
    case 'BPEDecoder': return wordEnds(config);
    case 'Fuse': return (tokens) => [tokens.join('')];
    case 'Strip': return strip(config);
    case 'Replace': {
      const pattern = patternOf(config.pattern);
      return (tokens) => tokens.map((token) => token.replace(pattern, () => String(config.content ?? '')));
    }
    case 'Sequence': {
      const all = partsOf(config.decoders).map(createOne);
      return (tokens) => all.reduce((now, decoder) => decoder(now), tokens);
    }
    default: throw new Error(`tokenizer.json: a decoder of this kind is not known (${String(config.type)}); export the tokenizer without it.`);
  }
}

/** @param config `decoder` of tokenizer.json; without one, tokens are joined by spaces */
export function createDecoder(config: unknown): (tokens: string[]) => string {
  if (!isObject(config)) return (tokens) => tokens.join(' ');
  const decoder = createOne(config);
  return (tokens) => decoder(tokens).join('');
}
