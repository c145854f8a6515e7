/** Conversations as people keep them: role and content, or from and value. */

export interface Turn {
  role: string;
  content: string;
  /** What else chat templates read of a turn, as the file has it (`CARRIED`). */
  [field: string]: unknown;
}

const CARRIED = ['tool_calls', 'tool_call_id', 'name', 'reasoning_content'];

const ROLES: Record<string, string> = { human: 'user', user: 'user', gpt: 'assistant', assistant: 'assistant', bot: 'assistant', model: 'assistant', chatgpt: 'assistant', system: 'system', developer: 'system', tool: 'tool', function: 'tool' };

/** Whether a value is a turn of a conversation. */
export const isTurn = (turn: unknown): boolean => typeof turn === 'object' && turn !== null && ['role', 'from', 'speaker'].some((key) => key in turn) && ['content', 'value', 'text'].some((key) => key in turn);

/** The turns of a cell, or what is wrong with it. */
export function conversationOf(cell: unknown): { turns: Turn[] } | { fault: string } {
  if (!Array.isArray(cell)) return { fault: cell === undefined || cell === null ? 'no messages' : 'messages is not a list' };
  if (cell.length === 0) return { fault: 'messages is empty' };
  const turns: Turn[] = [];
  for (const [index, turn] of (cell as unknown[]).entries()) {
    if (typeof turn !== 'object' || turn === null || Array.isArray(turn)) return { fault: `message ${index + 1} is not an object` };
    const { role, from, speaker, content, value, text: words } = turn as Record<string, unknown>;
    const name = role ?? from ?? speaker;
    if (typeof name !== 'string') return { fault: `message ${index + 1} has no role` };
    const plain = ROLES[name.toLowerCase()];
    if (plain === undefined) return { fault: `message ${index + 1} has the unknown role "${name}"` };
    const said = content ?? value ?? words;
    const calls = callsOf(turn as Record<string, unknown>);
    const text = calls && (said === undefined || said === null) ? '' : textOf(said);
    if (text === undefined) return { fault: `message ${index + 1} (${plain}) has no text` };
    const further = Object.entries(turn).filter(([field, one]) => CARRIED.includes(field) && one !== null && one !== undefined);
    turns.push({ role: plain, content: text, ...Object.fromEntries(further) });
  }
  const last = turns.findLastIndex(({ role }) => role === 'assistant');
  if (last === -1) return { fault: 'no message of the assistant, so there is nothing to learn to write' };
  if (turns[last].content.trim() === '' && !callsOf(turns[last])) return { fault: 'the answer of the assistant is empty' };
  if (!turns.slice(0, last).some(({ role }) => role === 'user')) return { fault: 'no message of the user before the answer' };
  return { turns };
}

/** What an assistant calls in place of saying something, or beside it. */
const callsOf = ({ tool_calls: calls }: Record<string, unknown>): unknown[] | undefined => (Array.isArray(calls) && calls.length > 0 ? calls : undefined);

/** What is written where there is no template: the text of a turn, or what it calls. */
export const wordsOf = (turn: Turn): string => turn.content || JSON.stringify(callsOf(turn) ?? '');

/** Content is a text, or a list of parts of which the texts count. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = (content as unknown[]).map((part) => (typeof part === 'string' ? part : (part as { type?: string; text?: unknown } | null)?.text));
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}
