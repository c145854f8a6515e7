/** Conversations wherever a table keeps them → columns whose cells are lists of turns. */
import { isAnswer, isKnownTurn, isTurn } from './chat';
import { count, listed } from './lines';
import { CHAT_NAMES, plainName } from './names';
import { readPrinted } from './printed';
import type { Wishes } from '../protocol/tableMessages';
import type { Cell, Table, TableRecord } from './report';

type Named = Record<string, unknown>;
const isObject = (value: unknown): value is Named => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** So many filled cells of a column say what it holds. */
const SAMPLE = 50;
/** Keys on the way to the turns. */
const DEEPEST = 4;

const isTurns = (value: unknown): value is unknown[] => Array.isArray(value) && value.some(isTurn);

/** `{ role: [...], content: [...] }`, as datasets write a sequence of turns. */
export function zipped(value: Named): Named[] | undefined {
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const keys = lists.map(([key]) => key);
  if (!keys.some((key) => /^(role|from|speaker)$/.test(key)) || !keys.some((key) => /^(content|value|text)$/.test(key))) return undefined;
  const turns = lists[0][1].map((_, at) => Object.fromEntries(lists.map(([key, list]) => [key, list[at]])));
  return lists.every(([, list]) => list.length === turns.length) ? turns : undefined;
}

const opened = (cell: Cell): unknown => (typeof cell === 'string' && /^\s*["[{]/.test(cell) ? readPrinted(cell) ?? cell : cell);

/** Keys that lead to turns; the ones that conversations are called by first. */
function wayTo(value: unknown, deepest = DEEPEST): string[] | undefined {
  const here = opened(value);
  if (isTurns(here) || (isObject(here) && zipped(here))) return [];
  if (!isObject(here) || deepest === 0) return undefined;
  const keys = Object.keys(here).toSorted((one, other) => Number(CHAT_NAMES.has(plainName(other))) - Number(CHAT_NAMES.has(plainName(one))));
  for (const key of keys) {
    const further = wayTo(here[key], deepest - 1);
    if (further) return [key, ...further];
  }
  return undefined;
}

function follow(cell: Cell, way: readonly string[]): unknown {
  let value = opened(cell);
  for (const key of way) value = isObject(value) ? opened(value[key]) : undefined;
  return isObject(value) ? zipped(value) ?? value : value;
}

/** A table in which cells with conversations, as text, within objects or by columns, are lists of turns; the same one where there are none. */
export function withConversations(table: Table): Table {
  const { records, width } = table;
  const ways = Array.from({ length: width }, (_, at) => {
    let seen = 0;
    for (const { cells } of records) {
      const cell = cells[at];
      if (cell === undefined || cell === null || cell === '') continue;
      const way = (typeof cell === 'object' && !isTurns(cell)) || (typeof cell === 'string' && /^\s*["[{]/.test(cell)) ? wayTo(cell) : undefined;
      if (way) return way;
      if (++seen >= SAMPLE) break;
    }
    return undefined;
  });
  if (ways.every((way) => way === undefined)) return table;
  const texts = ways.flatMap((way, at) => (way && records.some(({ cells }) => typeof cells[at] === 'string') ? [at] : []));
  const called = (at: number) => (table.names?.[at] ? table.names[at] : `column ${at + 1}`);
  const names = table.names?.map((name, at) => (ways[at]?.length ? [name, ...ways[at]].join('.') : name));
  const notes = [
    ...(texts.length > 0 ? [`${listed(texts.map(called))} ${texts.length === 1 ? 'holds' : 'hold'} lists of messages as text; they were read as such.`] : []),
    ...(names ?? []).filter((name) => !table.names!.includes(name)).map((name) => `The messages were found under ${name}.`),
  ];
  const read = records.map((record) => ({ ...record, cells: record.cells.map((cell, at) => (ways[at] && cell !== undefined && cell !== null && cell !== '' ? follow(cell, ways[at]) : cell)) }));
  return { ...table, ...(names && { names }), records: read, notes: [...table.notes, ...notes] };
}

/** Elements of a JSON file that are a list of turns each. */
export function namedConversations<Value extends { value: unknown }>(values: Value[], notes: string[]): Value[] {
  const bare = values.filter(({ value }) => isTurns(value)).length;
  if (bare === 0) return values;
  notes.push(`${bare === values.length ? 'Each record is' : `${count(bare, 'record is', 'records are')}`} a list of messages without a name.`);
  return values.map((one) => (isTurns(one.value) ? { ...one, value: { messages: one.value } } : one));
}

const SAID = /^(content|value|text|message|utterance)$/;
const OF_A_CONVERSATION = /^((conversation|conv|dialog|dialogue|thread|session|chat)(_id)?|id)$/;
const OF_A_TURN = /^(turn|turn_id|turn_index|turn_number|message_id|index|idx|timestamp|time|created_at|date|)$/;

/**
 * A table with one turn a row → one with a conversation a row: those with the same number, or, where there is none, all. The other reading, by which
 * who says it is a label, stays to be asked.
 */
export function withTurnsJoined(table: Table, { text, label, problem }: Wishes): Table {
  const plain = (table.names ?? []).map(plainName);
  const [role, said, conversation] = [/^(role|from|speaker)$/, SAID, OF_A_CONVERSATION].map((pattern) => plain.findIndex((name) => pattern.test(name)));
  const isOther = (name: string, at: number) => at !== role && at !== said && at !== conversation && !OF_A_TURN.test(name);
  if (role < 0 || said < 0 || plain.some(isOther) || text !== undefined || label !== undefined || (problem !== undefined && problem !== 'generation')) return table;
  const isWhole = ({ cells }: TableRecord) => cells.length === table.width;
  const turns = table.records.filter(isWhole).map((record) => ({ record, turn: { role: record.cells[role], content: record.cells[said] } }));
  const isTalk = turns.length > 1 && turns.every(({ turn }) => isKnownTurn(turn)) && turns.some(({ turn }) => isAnswer(turn)) && !turns.every(({ turn }) => isAnswer(turn));
  if (!isTalk) return table;
  const groups = new Map<unknown, typeof turns>();
  for (const one of turns) {
    const key = conversation < 0 ? 0 : one.record.cells[conversation];
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key)!.push(one);
  }
  // Numbers of turns, not of conversations.
  if (groups.size === turns.length) return table;
  const records = [...groups.values()].map((group) => ({ ...group[0].record, cells: [group.map(({ turn }) => turn)] }));
  const by = conversation < 0 ? 'the file is one conversation' : `rows with the same ${table.names![conversation]} are one conversation`;
  return {
    ...table, names: ['messages'], width: 1, records,
    bad: [...table.bad, ...table.records.filter((record) => !isWhole(record)).map(({ line, record, cells }) => ({ line, record, reason: `${count(cells.length, 'field')}, ${table.width} expected` }))],
    notes: [...table.notes, `Each row is one message; ${by}: ${count(records.length, 'conversation')} of ${count(turns.length, 'message')}.`],
    doubts: [...table.doubts, { about: 'kind', question: `Are the ${count(turns.length, 'row')} messages of ${count(records.length, 'conversation')}, or is ${table.names![role]} the label of ${table.names![said]}?`, choices: [{ problem: 'generation' }, { text: table.names![said], label: table.names![role], problem: 'classification' }] }],
  };
}
