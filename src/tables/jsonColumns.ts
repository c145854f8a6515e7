/** JSON objects → the columns of a table. */
import { zipped } from './conversations';
import { listed } from './lines';
import { isKnownAnswer } from './names';

export type Named = Record<string, unknown>;
export const isObject = (value: unknown): value is Named => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names in the order in which they come. Objects within are opened where there is no text outside them, or nothing to learn. */
export function columnNames(values: readonly Named[], notes: string[]): string[] {
  const names = new Map<string, boolean>();
  for (const value of values) for (const key of Object.keys(value)) names.set(key, (names.get(key) ?? true) && (isObject(value[key]) || value[key] === null));
  const nested = [...names].filter(([name, isNested]) => isNested && !values.some((value) => isObject(value[name]) && zipped(value[name]))).map(([name]) => name);
  const hasText = values.some((value) => Object.values(value).some((cell) => typeof cell === 'string' && /\s/.test(cell)) || Object.values(value).some(Array.isArray));
  const isLists = (name: string) => values.some((value) => isObject(value[name]) && Array.isArray(value[name].text));
  const hasAnswer = [...names].some(([name, isNested]) => (!isNested || isLists(name)) && isKnownAnswer(name));
  if (nested.length === 0 || (hasText && hasAnswer)) return [...names.keys()];
  const opened = new Set<string>();
  for (const value of values) for (const name of nested) if (isObject(value[name])) for (const key of Object.keys(value[name])) opened.add(`${name}.${key}`);
  if (opened.size === 0 || opened.size > 200) return [...names.keys()];
  notes.push(`Objects within the records were opened: ${listed([...opened])}.`);
  return [...names.keys()].flatMap((name) => (nested.includes(name) ? [...opened].filter((path) => path.startsWith(`${name}.`)) : [name]));
}

export function reach(value: Named, path: string): unknown {
  const dot = path.indexOf('.');
  const inner = dot > 0 ? value[path.slice(0, dot)] : undefined;
  return isObject(inner) ? inner[path.slice(dot + 1)] : undefined;
}
