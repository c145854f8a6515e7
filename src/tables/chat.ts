/** Conversations as people keep them: role and content, or from and value; whole, or as a prompt and what is answered. */

export interface Turn {
  role: string;
  content: string;
  /** What else chat templates read of a turn, as the file has it (`CARRIED`). */
  [field: string]: unknown;
}

type Named = Record<string, unknown>;

const CARRIED = ['tool_calls', 'tool_call_id', 'name', 'reasoning_content'];

const ROLES: Record<string, string> = {
  human: 'user', user: 'user', prompter: 'user', gpt: 'assistant', assistant: 'assistant', bot: 'assistant', model: 'assistant', chatgpt: 'assistant', ai: 'assistant', system: 'system', developer: 'system', tool: 'tool', function: 'tool',
};

const roleOf = (turn: Named): unknown => turn.role ?? turn.from ?? turn.speaker;
const contentOf = (turn: Named): unknown => turn.content ?? turn.value ?? turn.text ?? turn.parts;

/** Whether a value is a turn of a conversation. */
export const isTurn = (turn: unknown): turn is Named => typeof turn === 'object' && turn !== null && ['role', 'from', 'speaker'].some((key) => key in turn) && ['content', 'value', 'text', 'parts'].some((key) => key in turn);

/** Whether a turn is said by somebody whom templates know. */
export const isKnownTurn = (turn: unknown): turn is Named => isTurn(turn) && ROLES[String(roleOf(turn)).toLowerCase()] !== undefined;

export const isAnswer = (turn: unknown): boolean => isTurn(turn) && ROLES[String(roleOf(turn)).toLowerCase()] === 'assistant';

/** A list as its turns, or what is wrong with it. */
function turnsOf(cell: unknown, name: string, hasPictures: boolean): Turn[] | { fault: string } {
  if (cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '')) return { fault: `no ${name}` };
  if (!Array.isArray(cell)) return { fault: typeof cell === 'string' ? `${name} is a text that cannot be read as a list of messages` : `${name} is not a list` };
  if (cell.length === 0) return { fault: `${name} is empty` };
  const turns: Turn[] = [];
  for (const [index, turn] of (cell as unknown[]).entries()) {
    if (typeof turn !== 'object' || turn === null || Array.isArray(turn)) return { fault: `message ${index + 1} is not an object` };
    const role = roleOf(turn as Named);
    if (typeof role !== 'string') return { fault: `message ${index + 1} has no role` };
    const plain = ROLES[role.toLowerCase()];
    if (plain === undefined) return { fault: `message ${index + 1} has the unknown role "${role}"` };
    const said = contentOf(turn as Named);
    const calls = callsOf(turn as Named);
    const text = calls && (said === undefined || said === null) ? '' : textOf(said);
    if (typeof text !== 'string') return { fault: `message ${index + 1} (${plain}) ${text?.fault ?? 'has no text'}` };
    if (hasPictures && text.includes('<image>')) return { fault: `message ${index + 1} (${plain}) has a picture in it (<image>), and only text can be learned` };
    const further = Object.entries(turn).filter(([field, one]) => CARRIED.includes(field) && one !== null && one !== undefined);
    turns.push({ role: plain, content: text, ...Object.fromEntries(further) });
  }
  return turns;
}

/** What a record has of a conversation; a text in place of a list is one turn. */
export interface Kept {
  /** A whole conversation, or what is before `reply`. */
  turns: unknown;
  /** What is answered, where that has a column of its own. */
  reply?: { cell: unknown; name: string };
  /** Said before all turns, where they have no system turn of their own. */
  system?: unknown;
  /** As the file calls it. */
  name?: string;
  /** The record has pictures beside, for which `<image>` stands in the texts. */
  hasPictures?: boolean;
}

/**
 * The turns of a record, or what is wrong with them.
 * @returns `promptTurns`: so many at the beginning are given, and their answers not learned; left out where a conversation is whole
 */
export function conversationOf({ turns: cell, reply, system, name = 'messages', hasPictures = false }: Kept): { turns: Turn[]; promptTurns?: number } | { fault: string } {
  const isPlain = (what: unknown): what is string => typeof what === 'string' && what.trim() !== '' && !/^\s*\[\s*\{/.test(what);
  const read = (what: unknown, as: string, role: string) => (reply && isPlain(what) ? [{ role, content: what }] : turnsOf(what, as, hasPictures));
  const answer = reply && read(reply.cell, reply.name, 'assistant');
  if (answer && 'fault' in answer) return answer;
  // What is answered may be written with the prompt before it once more.
  const isWhole = answer?.some(({ role }, index) => role === 'user' && answer.slice(index).some((later) => later.role === 'assistant'));
  const before = isWhole ? [] : read(cell, name, 'user');
  if ('fault' in before) return before;
  const turns = [...before, ...(answer ?? [])];
  if (typeof system === 'string' && system.trim() !== '' && turns[0]?.role !== 'system') turns.unshift({ role: 'system', content: system });
  const promptTurns = answer && !isWhole ? turns.length - answer.length : undefined;
  const last = turns.findLastIndex(({ role }) => role === 'assistant');
  if (last < (promptTurns ?? 0)) return { fault: promptTurns === undefined ? 'no message of the assistant, so there is nothing to learn to write' : `no message of the assistant in ${reply!.name}, so there is nothing to learn to write` };
  if (turns[last].content.trim() === '' && !callsOf(turns[last])) return { fault: 'the answer of the assistant is empty' };
  if (!turns.slice(0, last).some(({ role }) => role === 'user')) return { fault: 'no message of the user before the answer' };
  return { turns, ...(promptTurns !== undefined && { promptTurns }) };
}

/** What an assistant calls in place of saying something, or beside it. */
const callsOf = ({ tool_calls: calls }: Named): unknown[] | undefined => (Array.isArray(calls) && calls.length > 0 ? calls : undefined);

/** What is written where there is no template: the text of a turn, or what it calls. */
export const wordsOf = (turn: Turn): string => turn.content || JSON.stringify(callsOf(turn) ?? '');

/** Content is a text, or a list of parts of which all have to be texts. */
function textOf(content: unknown): string | { fault: string } | undefined {
  if (typeof content === 'string') return content;
  const parts: unknown = Array.isArray(content) || !isObject(content) ? content : [content];
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  let text = '';
  for (const [index, part] of (parts as unknown[]).entries()) {
    const words = typeof part === 'string' ? part : isObject(part) ? (part.text ?? (part.type === 'text' ? part.content : undefined)) : undefined;
    if (typeof words !== 'string') return { fault: `has ${nameOf(part)} as part ${index + 1} of its content, and only text can be learned` };
    text += words;
  }
  return text;
}

const isObject = (value: unknown): value is Named => typeof value === 'object' && value !== null && !Array.isArray(value);

const MEDIA: readonly (readonly [RegExp, string])[] = [[/image|picture|photo/, 'a picture'], [/audio|sound|speech/, 'a recording'], [/video/, 'a video'], [/file|document/, 'a file']];

function nameOf(part: unknown): string {
  if (!isObject(part)) return part === null ? 'nothing' : `a ${Array.isArray(part) ? 'list' : typeof part}`;
  const kind = typeof part.type === 'string' ? part.type : Object.keys(part).find((key) => part[key] !== null) ?? 'nothing';
  const medium = MEDIA.find(([pattern]) => pattern.test(kind.toLowerCase()))?.[1];
  return medium ? `${medium} (${kind})` : `something else ("${kind}")`;
}
