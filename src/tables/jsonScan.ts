/**
 * Where the values of a JSON text begin and end, without reading them: so that one broken element costs one row and not the file, and each has the
 * line at which an editor shows it. What a value is, JSON.parse says.
 */

export interface Span {
  start: number;
  end: number;
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** End of the string that begins at `at`; -1 where it is not closed. */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return -1;
}

/** End of the value that begins at `at` (behind its last bracket, quote or letter); -1 where the text ends before it. */
export function endOfValue(text: string, at: number, end = text.length): number {
  const first = text.charCodeAt(at);
  if (first === 34) return endOfString(text, at);
  if (first !== 123 && first !== 91) {
    let to = at;
    while (to < end && !isSpace(text.charCodeAt(to)) && !',]}'.includes(text[to])) to++;
    return Math.max(to, at + 1);
  }
  let depth = 0;
  for (let to = at; to < end;) {
    const code = text.charCodeAt(to);
    if (code === 34) {
      to = endOfString(text, to);
      if (to === -1 || to > end) return -1;
      continue;
    }
    if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) depth--;
    to++;
    if (depth === 0) return to;
  }
  return -1;
}

export function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Elements of the array whose bracket is at `at`. `closed` is false where the text ends before it; then the last span may be cut. */
export function elementsOf(text: string, at: number): { spans: Span[]; end: number; closed: boolean } {
  const spans: Span[] = [];
  for (let to = skipSpace(text, at + 1); to < text.length; to = skipSpace(text, to)) {
    if (text[to] === ']') return { spans, end: to + 1, closed: true };
    if (text[to] === ',') {
      to++;
      continue;
    }
    const end = endOfValue(text, to);
    if (end === -1) {
      spans.push({ start: to, end: text.length });
      return { spans, end: text.length, closed: false };
    }
    spans.push({ start: to, end });
    to = end;
  }
  return { spans, end: text.length, closed: false };
}

/** Keys of the object at `at` with their values, of the outermost level only. */
export function membersOf(text: string, at: number): { key: string; value: Span }[] {
  const members: { key: string; value: Span }[] = [];
  for (let to = skipSpace(text, at + 1); to < text.length && text[to] === '"';) {
    const keyEnd = endOfString(text, to);
    if (keyEnd === -1) break;
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== ':') break;
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    members.push({ key: JSON.parse(text.slice(to, keyEnd)) as string, value: { start, end: end === -1 ? text.length : end } });
    if (end === -1) break;
    to = skipSpace(text, end);
    if (text[to] === ',') to = skipSpace(text, to + 1);
  }
  return members;
}

/** Whether an object names a key twice, of which JSON.parse drops the first in silence. */
export function repeatedKey(text: string, value: object): string | undefined {
  // A cheap look first: as many colons as keys are needed, and most rows have no more.
  let colons = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 1)) colons++;
  const keys = Object.keys(value).length;
  if (colons <= keys) return undefined;
  const seen = new Set<string>();
  for (const { key } of membersOf(text, skipSpace(text, 0))) {
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

/** Why JSON.parse refuses a value, for somebody who has the line before them. */
export function faultOf(text: string): string {
  const value = text.trim();
  if (value.startsWith('//') || value.startsWith('#') || value.startsWith('/*')) return 'not JSON (a comment)';
  if (value.startsWith('<')) return 'not JSON (it begins like a web page or XML)';
  if (value.includes('\0')) return 'not JSON (a zero byte)';
  if (/^\{\s*'|[:,]\s*'[^"]*'\s*[,}]/.test(value)) return 'not JSON (single quotes)';
  if (/[“”]\s*[:,}]|[{,]\s*[“”]/.test(value)) return 'not JSON (curly quotes)';
  const bare = /[:,[]\s*(-?NaN|-?Infinity|None|True|False|undefined)\b/.exec(value);
  if (bare) return `not JSON (${bare[1]})`;
  const opens = value.startsWith('{') || value.startsWith('[') ? 0 : -1;
  if (opens === 0) {
    const end = endOfValue(value, 0);
    if (end === -1) return inString(value) ? 'the line ends inside a string' : 'the line ends before the closing brace';
    const after = value.slice(end).trim();
    if (after) return after === ',' ? 'text after the closing brace (comma)' : `text after the closing brace (${after.startsWith('{') || after.startsWith('[') ? 'a second value on the line' : shortened(after)})`;
    if (/,\s*[}\]]/.test(value)) return 'not JSON (a comma before the closing brace)';
    if (/[\u0000-\u001f]/.test(value.replace(/[\n\r\t](?=\s*["}\]{[])/g, ''))) return 'not JSON (a line break, tab or control character inside a string)';
    if (/[{,]\s*[A-Za-z_]\w*\s*:/.test(value)) return 'not JSON (a key without quotes)';
    if (/\\[^"\\/bfnrtu]|\\u(?![0-9a-fA-F]{4})/.test(value)) return 'not JSON (a backslash that escapes nothing)';
    if (/"\s*"|[\d}\]]\s*"/.test(value)) return 'not JSON (a comma or a quote is missing)';
    return 'not JSON';
  }
  return `not JSON (${shortened(value)})`;
}

function inString(text: string): boolean {
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfString(text, at);
    if (at === -1) return true;
  }
  return false;
}

const shortened = (text: string): string => (text.length > 30 ? `${text.slice(0, 30)}…` : text);
