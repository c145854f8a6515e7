/** The character maps of SentencePiece: a trie as a double array over UTF-8 bytes, and the texts that it leads to. */
import { bytesOf } from './unicode';

const hasLeaf = (unit: number) => ((unit >>> 8) & 1) === 1;
const valueOf = (unit: number) => unit & 0x7fffffff;
const labelOf = (unit: number) => (unit & 0x800000ff) >>> 0;
const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 512) >>> 6);

/**
 * @param encoded the map as tokenizer.json has it: base64 of the trie's length in bytes, the trie, and zero-terminated texts
 * @throws where it is cut off
 */
export function precompiled(encoded: string): (text: string) => string {
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const length = bytes.length < 4 ? -1 : view.getUint32(0, true);
  if (length < 4 || length % 4 !== 0 || 4 + length > bytes.length) throw new Error('tokenizer.json: the character map of a Precompiled normalizer is cut off (precompiled_charsmap); export the tokenizer again.');
  const units = Uint32Array.from({ length: length / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const texts = bytes.subarray(4 + length);

  /** What the shortest known beginning of a text becomes: the library takes the first that it finds. */
  function transform(part: string): string | undefined {
    let at = offsetOf(units[0]);
    for (const byte of bytesOf(part)) {
      if (byte === 0) return undefined;
      at ^= byte;
      const unit = units[at];
      if (unit === undefined || labelOf(unit) !== byte) return undefined;
      at ^= offsetOf(unit);
      if (hasLeaf(unit)) {
        const from = valueOf(units[at]);
        const to = texts.indexOf(0, from);
        return new TextDecoder().decode(texts.subarray(from, to < 0 ? texts.length : to));
      }
    }
    return undefined;
  }

  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const known = new Map<string, string>();
  function normalized(grapheme: string): string {
    const whole = bytesOf(grapheme).length < 6 ? transform(grapheme) : undefined;
    return whole ?? Array.from(grapheme, (character) => transform(character) ?? character).join('');
  }
  return (text) => {
    let all = '';
    for (const { segment } of graphemes.segment(text)) {
      let made = known.get(segment);
      if (made === undefined) known.set(segment, (made = normalized(segment)));
      all += made;
    }
    return all;
  };
}
