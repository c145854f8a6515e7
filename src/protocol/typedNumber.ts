/** Numbers as people type and paste them, the counterpart of format.ts. What could mean two numbers, or none, is said and never guessed. */

/** `ambiguous`: it is a number, and more than one; the sentence then says what to do. */
export type TypedNumber = { ok: true; value: number } | { ok: false; sentence: string; ambiguous?: boolean };

/** Longer texts are no number that anybody typed. */
const LONGEST = 60;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺';
const PLAIN = '0123456789-+';

/** 10,000 · 10 000 · 10.000 · 10'000 · 10_000, one mark throughout. */
const GROUPS_OF_THREE = /^[1-9]\d{0,2}([ '_,.])\d{3}(?:\1\d{3})*$/;
/** 1,00,000 as in India: pairs, and three digits at the end. */
const GROUPS_OF_TWO = /^[1-9]\d?([ ',])\d{2}(?:\1\d{2})*\1\d{3}$/;
/** Whole part, mark, decimals; these may stand in threes apart, as in 0.000 3. */
const DECIMAL = /^([^.,]*|.*[^.,]+)([.,])(\d*|\d{3}(?: \d{3})* \d{1,3})$/;
/** 3e−3, 3·10⁻³, 3 × 10^−3. */
const POWER = /^(.+?) ?(?:e|[·⋅∙×*x] ?10\^) ?([+-]?\d{1,4})$/i;
const BARE_POWER = /^10\^([+-]?\d{1,4})$/;

/** One way to write each sign: spaces, dashes, apostrophes, full-width digits and raised exponents. */
function plainSigns(text: string): string {
  return text
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+/g, (raised) => `^${[...raised].map((sign) => PLAIN[SUPERSCRIPTS.indexOf(sign)]).join('')}`)
    .replace(/[’‘ʼ`´＇]/g, "'")
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[−‐‒–—]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Digits without their groups; undefined where they are not grouped properly. `besides`: a mark that means something else here. */
function ungrouped(text: string, besides?: string): string | undefined {
  if (/^\d+$/.test(text)) return text;
  const mark = (GROUPS_OF_THREE.exec(text) ?? GROUPS_OF_TWO.exec(text))?.[1];
  return mark === undefined || mark === besides ? undefined : text.replaceAll(mark, '');
}

/** `text` read with a decimal mark, as JavaScript writes it; undefined where it has none. */
function withDecimals(text: string): { value: string; decimals: string } | undefined {
  const [, before, mark, after] = DECIMAL.exec(text) ?? [];
  if (mark === undefined || (before === '' && after === '')) return undefined;
  const units = before === '' ? '0' : ungrouped(before, mark);
  if (units === undefined) return undefined;
  const decimals = after.replaceAll(' ', '');
  return { value: `${units}.${decimals}`, decimals };
}

type Reading = { digits: string } | { either: [string, string] } | undefined;

/** A number without sign, exponent and percent. @param whole whether it has no decimals, so that a mark before three digits groups */
function readDigits(text: string, whole: boolean): Reading {
  const grouped = ungrouped(text);
  const decimal = withDecimals(text);
  if (grouped === undefined && decimal === undefined) return undefined;
  if (decimal === undefined) return { digits: grouped! };
  if (grouped === undefined) {
    // 01,000 is no way to write a number, and 1000,000 none to write a whole one: a digit too many, or a mark in the wrong place.
    const misplaced = (decimal.decimals.length === 3 && /^0\d/.test(decimal.value)) || (whole && /^000+$/.test(decimal.decimals));
    return misplaced ? undefined : { digits: decimal.value };
  }
  if (whole) return { digits: grouped };
  // The page itself writes 1.234, and never 1.500 or 1,234.
  const asThePageWrites = text.includes('.') && !text.endsWith('0');
  return asThePageWrites ? { digits: decimal.value } : { either: [String(Number(decimal.value)), grouped] };
}

/** What was typed, in quotation marks, cut where it is long. */
const quoted = (text: string) => `“${text.length > 24 ? `${text.slice(0, 24)}…` : text}”`;

/**
 * Reads a number: decimal point or comma, thousands in groups, e-notation or a power of ten, percent. 1,000 where decimals are possible
 * is refused, since it means two things.
 * @param whole whether only whole numbers make sense
 */
export function readNumber(typed: string, whole: boolean): TypedNumber {
  const wrong = (what: string): TypedNumber => ({ ok: false, sentence: what });
  const trimmed = typed.trim();
  if (trimmed === '') return wrong('Nothing is written here');
  const nothing = () => wrong(`${quoted(trimmed)} is not a number`);
  if (trimmed.length > LONGEST) return nothing();
  const [, sign, unsigned, percent] = /^([+-]?) ?(.*?)( ?%)?$/.exec(plainSigns(trimmed))!;
  const power = POWER.exec(unsigned) ?? BARE_POWER.exec(unsigned);
  const [mantissa, exponent] = power === null ? [unsigned, '0'] : power.length === 2 ? ['1', power[1]] : [power[1], power[2]];
  const reading = readDigits(mantissa, whole && power === null && percent === undefined);
  if (reading === undefined) return nothing();
  if ('either' in reading) return { ok: false, sentence: `${quoted(trimmed)} could mean ${reading.either.join(' or ')}; write the one that you mean`, ambiguous: true };
  if (whole && percent !== undefined) return wrong(`${quoted(trimmed)} is a share, and a whole number is wanted`);
  const value = Number(`${sign}${reading.digits}e${Number(exponent) - (percent === undefined ? 0 : 2)}`);
  if (!Number.isFinite(value)) return wrong(`${quoted(trimmed)} is too large a number`);
  if (whole && !Number.isInteger(value)) return wrong(`${quoted(trimmed)} is not a whole number`);
  // A minus in front of nothing is nothing.
  return { ok: true, value: value === 0 ? 0 : value };
}
