/** Small files of our own for the tests of the import: twelve sentences with two labels, written in this way and that. */
import { importTable, type Imported } from '../importTable';
import type { Wishes } from '../../protocol/tableMessages';

export const SENTENCES = ['The soup was cold', 'A quiet room with a view', 'The waiter smiled at us', 'Nobody answered the bell', 'Fresh bread every morning', 'The lift was broken again',
  'We would gladly return', 'Mould in the shower', 'Cheap and cheerful', 'They lost our booking', 'The garden is lovely', 'Noise until three'];
export const LABELS = SENTENCES.map((_, at) => (at % 2 ? 'neg' : 'pos'));

/** A line for each sentence. */
export const lines = (line: (sentence: string, at: number) => string, end = '\n'): string => SENTENCES.map((sentence, at) => line(sentence, at) + end).join('');

export const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? new TextEncoder().encode(content) : content);

export const read = (name: string, content: string | Uint8Array, wishes?: Wishes): Promise<Imported> => importTable(name, bytesOf(content), wishes);

/** One byte a character: Latin-1, and Windows-1252 where the characters are its own. */
export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export function utf16(text: string, order: 'le' | 'be', mark: boolean): Uint8Array {
  const units = mark ? `\uFEFF${text}` : text;
  const view = new DataView(new ArrayBuffer(units.length * 2));
  for (let at = 0; at < units.length; at++) view.setUint16(2 * at, units.charCodeAt(at), order === 'le');
  return new Uint8Array(view.buffer);
}
