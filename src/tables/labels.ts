/** Labels as people write them: which cells are one label, which are none, and what is to be asked about them. */
import { visible } from '../protocol/visible';
import { count, listed } from './lines';

/** Characters that nobody sees: zero width, soft hyphen, marks of direction, byte-order mark. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** A label without spaces around; no-break spaces count as such. */
export const trimmed = (label: string): string => label.trim();

/** What two spellings of one label have in common. */
const foldedOf = (label: string): string => label.normalize('NFKC').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim().toLowerCase();

/** The cell of a label as text; undefined where it has none or cannot be one. */
export function labelText(cell: unknown): string | undefined {
  const value = Array.isArray(cell) && cell.length === 1 ? (cell as unknown[])[0] : cell;
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return unwrapped(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return undefined;
}

/** Spreadsheets keep 007 by writing ="007". */
const unwrapped = (cell: string): string => /^="(.*)"$/s.exec(cell)?.[1] ?? cell;

export interface Spellings {
  /** From a spelling (not trimmed) to the label. */
  labelOf: Map<string, string>;
  /** By label, how often each spelling stands in the file; only labels of several. */
  several: Record<string, Record<string, number>>;
}

/** Groups the spellings of labels; the commonest gives the name. */
export function spellingsOf(counts: ReadonlyMap<string, number>, join: boolean): Spellings {
  const groups = new Map<string, [string, number][]>();
  for (const [label, many] of counts) {
    const key = foldedOf(label) || label;
    groups.set(key, [...(groups.get(key) ?? []), [label, many]]);
  }
  const labelOf = new Map<string, string>();
  const several: Spellings['several'] = {};
  for (const group of groups.values()) {
    const byName = new Map<string, number>();
    for (const [label, many] of group) byName.set(trimmed(label), (byName.get(trimmed(label)) ?? 0) + many);
    const [name] = [...byName].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
    for (const [label] of group) labelOf.set(label, join ? name : trimmed(label));
    if (byName.size > 1) several[name] = Object.fromEntries(group.map(([label, many]) => [visible(label), many]));
  }
  return { labelOf, several };
}

/** Words that may be a class or say that there is none. */
const NONE_WORDS = /^(none|null|nil|na|n\/a|#n\/a|nan|unknown|undefined|missing|-|--|\?|\.|\\n|tbd|todo|unlabeled|unlabelled|no label|\(blank\))$/i;

/** Labels among these that may mean "no label". */
export const doubtfulNones = (labels: readonly string[]): string[] => labels.filter((label) => NONE_WORDS.test(label));

/** Marks that cannot be a class: a database's null, a spreadsheet's error. */
export const isNoLabel = (label: string): boolean => label === '\\N' || /^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!)$/.test(label);

/** What −1 is beside the other labels. */
export function minusOne(labels: readonly string[]): 'class' | 'none' | 'only' | 'absent' {
  if (!labels.some(isMinusOne)) return 'absent';
  const others = labels.filter((label) => !isMinusOne(label));
  if (others.length === 0) return 'only';
  const numbers = others.map(Number);
  if (numbers.some(Number.isNaN)) return 'none';
  const all = new Set(numbers);
  const isMirrored = [...all].every((number) => number === 0 || number === 1 || all.has(-number)) && all.has(1);
  return isMirrored ? 'class' : 'none';
}

export const isMinusOne = (label: string): boolean => label === '-1' || label === '-1.0';

/** Different labels that are one number: 1 and 1.0, 7 and 007. */
export function sameNumbers(labels: readonly string[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const label of labels) if (/^[+-]?\d+(\.\d+)?$/.test(label)) groups.set(Number(label), [...(groups.get(Number(label)) ?? []), label]);
  return [...groups.values()].filter((group) => group.length > 1);
}

/** "good 5, bad 4". */
export const balance = (counts: Readonly<Record<string, number>>): string => listed(Object.entries(counts).map(([label, many]) => `${visible(label)} ${many}`), 12);

export const rowsOf = (many: number): string => count(many, 'row');
