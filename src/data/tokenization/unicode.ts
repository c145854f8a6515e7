/** Classes of characters as the Rust library has them. Each test takes one code point as a string. */

const test = (pattern: RegExp) => (character: string): boolean => pattern.test(character);

export const isWhitespace = test(/\p{White_Space}/u);
export const isNumeric = test(/\p{N}/u);
export const isPunctuation = test(/[\p{P}!-/:-@[-`{-~]/u);
export const isNonspacingMark = test(/\p{Mn}/u);
export const isMark = test(/\p{M}/u);
/** Control, format, private use. */
export const isOther = test(/[\p{Cc}\p{Cf}\p{Co}]/u);

/** The word characters of Rust's regular expressions. */
export const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';

export const isChinese = test(/[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/u);

/** Character by character, so that a capital sigma at the end of a word becomes σ and not ς. */
export function lowercase(text: string): string {
  let lowered = '';
  for (const character of text) lowered += character.toLowerCase();
  return lowered;
}

/** One character a byte: printable ones stand for themselves, the other bytes for those from U+0100 on. */
export const GLYPHS: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printable ? byte : next++);
  });
})();

const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** The UTF-8 bytes of a text, one glyph each. */
export function glyphsOf(text: string): string {
  let glyphs = '';
  for (const byte of bytesOf(text)) glyphs += GLYPHS[byte];
  return glyphs;
}
