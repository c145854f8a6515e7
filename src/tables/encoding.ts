/** Bytes → text: which encoding a file has, by its byte-order mark, its zeros, and whether it is valid UTF-8. */
import type { Wishes } from '../protocol/tableMessages';
import { NoTable, type Doubt } from './report';

export interface Decoded {
  text: string;
  /** As the report has it. */
  encoding: string;
  notes: string[];
  doubts: Doubt[];
  /** Bytes that the encoding does not allow stand as U+FFFD in the text. */
  hasBroken: boolean;
}

const MARKS: readonly [string, number[]][] = [['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]]];
const WITH_MARK = ' with byte-order mark';

/** @throws NoTable for an encoding that is not known, and for bytes that are no text */
export function decode(bytes: Uint8Array, { encoding: wish }: Wishes = {}): Decoded {
  const mark = MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  const body = mark ? bytes.subarray(mark[1].length) : bytes;
  const plain = { notes: [], doubts: [], hasBroken: false };
  if (wish !== undefined) {
    const label = wish.replace(WITH_MARK, '');
    const text = decodeWith(label, mark?.[0] === label ? body : bytes);
    return { ...plain, text: text.replace(/^\uFEFF/, ''), encoding: mark?.[0] === label ? label + WITH_MARK : label, hasBroken: text.includes('\uFFFD') };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0 && bytes[3] === 0 && bytes.length % 4 === 0) throw new NoTable('The file is UTF-32, which browsers do not read. Save it as UTF-8.');
  if (mark && mark[0] !== 'utf-8') return utf16(body, mark[0], true);
  if (!mark) {
    const order = orderOfZeros(bytes);
    if (order) return utf16(bytes, order, false);
  }
  const name = mark ? mark[0] + WITH_MARK : 'utf-8';
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { ...plain, text, encoding: name, ...mojibake(text) };
  } catch {
    return notUtf8(body, name, mark !== undefined);
  }
}

function decodeWith(label: string, bytes: Uint8Array): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { ignoreBOM: true });
  } catch {
    throw new NoTable(`There is no encoding ${label}. Choose utf-8, utf-16le, utf-16be, windows-1252, windows-1251, shift_jis, gb18030, or another label of the Encoding Standard.`);
  }
  const text = decoder.decode(bytes);
  return decoder.encoding === 'windows-1252' ? text.replace(/[\u0080-\u009f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]) : text;
}

/** What 0x80 to 0x9F are. Node before 23 decodes windows-1252 as if it were Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function utf16(body: Uint8Array, label: string, marked: boolean): Decoded {
  const isCut = body.length % 2 === 1;
  const text = decodeWith(label, isCut ? body.subarray(0, -1) : body);
  const notes = [`The file is UTF-16 (${label}${marked ? '' : ', found by its zero bytes, for it has no byte-order mark'}) and was read as such.`];
  if (isCut) notes.push('The file has an odd number of bytes: its last character is cut off and was left out, and more may be missing. Compare its end with the original.');
  return { text, encoding: marked ? label + WITH_MARK : label, notes, doubts: [], hasBroken: text.includes('\uFFFD') };
}

/** UTF-16 without a mark: in Western text and in every delimiter one of two bytes is zero. */
function orderOfZeros(bytes: Uint8Array): string | undefined {
  const length = Math.min(bytes.length, 4096) & ~1;
  if (length < 4) return undefined;
  const zeros = [0, 0];
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 1]++;
  const half = length / 2;
  if (zeros[1] > 0.3 * half && zeros[0] < 0.05 * half) return 'utf-16le';
  if (zeros[0] > 0.3 * half && zeros[1] < 0.05 * half) return 'utf-16be';
  return undefined;
}

/** Either another encoding, or UTF-8 with a few broken bytes: what is more of the bytes above 127 decides. */
function notUtf8(bytes: Uint8Array, name: string, marked: boolean): Decoded {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const { broken, whole, high, letters, unused } = countHigh(bytes);
  if (marked || whole > broken) {
    return { text, encoding: name, hasBroken: true, doubts: [], notes: [`The file is UTF-8, but for ${broken} ${broken === 1 ? 'byte that is' : 'bytes that are'} not; the rows with them are set aside. If all accents look wrong, choose another encoding.`] };
  }
  if (countZeros(bytes) > bytes.length / 20) throw new NoTable('The file is not text: it is full of zero bytes. Give a table as TSV, CSV, JSON Lines, JSON or Parquet.');
  const notes = ['The file is not UTF-8; it was read as Windows-1252. Look at the accents, and choose another encoding (such as windows-1251, iso-8859-2 or shift_jis) if they are wrong.'];
  const doubts: Doubt[] = [];
  const text1252 = decodeWith('windows-1252', bytes);
  // Capitals with accents inside words come from another code page, such as that of old Macs.
  const begin = text1252.slice(0, 1_000_000);
  const isOdd = (begin.match(/[a-z][À-ÞŠŽŒŸ]/g)?.length ?? 0) > (begin.match(/[a-z][à-ÿšžœ]/g)?.length ?? 0);
  const likelyOther = unused > 0 || isOdd || high > 0.4 * (high + letters);
  if (likelyOther) {
    const others = (unused > 0 || isOdd) && high < 0.4 * (high + letters) ? ['macintosh', 'windows-1250'] : ['windows-1251', 'shift_jis', 'gb18030', 'euc-kr', 'koi8-r'];
    doubts.push({
      about: 'encoding', choices: ['windows-1252', ...others].map((encoding) => ({ encoding })),
      question: unused > 0 ? `The file is not UTF-8, and ${unused} of its bytes mean nothing in Windows-1252. Which encoding has it?` : isOdd ? 'The file is not UTF-8, and read as Windows-1252 has capitals with accents inside words. Which encoding has it?' : 'The file is not UTF-8, and has more letters above 127 than below: which encoding has it?',
    });
  }
  return { text: text1252, encoding: 'windows-1252', notes, doubts, hasBroken: false };
}

/** Sequences of UTF-8 and bytes that are none; how many bytes are high, how many are ASCII letters, how many are unused in Windows-1252. */
function countHigh(bytes: Uint8Array) {
  let [broken, whole, high, letters, unused] = [0, 0, 0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte < 0x80) {
      if ((byte | 32) >= 97 && (byte | 32) <= 122) letters++;
      continue;
    }
    high++;
    if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) unused++;
    const more = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xc2 && byte < 0xe0 ? 1 : 0;
    let follow = 0;
    while (follow < more && (bytes[at + 1 + follow] & 0xc0) === 0x80) follow++;
    if (more > 0 && follow === more) {
      whole++;
      at += more;
    } else broken++;
  }
  return { broken, whole, high, letters, unused };
}

function countZeros(bytes: Uint8Array): number {
  let zeros = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) zeros++;
  return zeros;
}

/** Valid UTF-8 that went through Windows-1252 once too often: é became Ã©, a right quote â€™. */
function mojibake(text: string): Pick<Decoded, 'notes'> {
  const twice = text.slice(0, 4_000_000).match(/[ÂÃ][\u0080-\u00bf]|â€[™œ\u009d“”˜¦]/g)?.length ?? 0;
  const accents = text.slice(0, 4_000_000).match(/[à-ÿ](?=[a-z])/g)?.length ?? 0;
  if (twice < 3 || twice < accents) return { notes: [] };
  return { notes: [`${twice} places look like "Ã©" for é: the text was decoded with the wrong encoding before it was saved. It is kept as it is; if you have the original, give that.`] };
}
