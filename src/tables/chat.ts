/** Conversations as people keep them: role and content, or from and value. */

export interface Turn {
  role: string;
  content: string;
}

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
    const text = textOf(content ?? value ?? words);
    if (text === undefined) return { fault: `message ${index + 1} (${plain}) has no text` };
    turns.push({ role: plain, content: text });
  }
  const last = turns.findLastIndex(({ role }) => role === 'assistant');
  if (last === -1) return { fault: 'no message of the assistant, so there is nothing to learn to write' };
  if (turns[last].content.trim() === '') return { fault: 'the answer of the assistant is empty' };
  if (!turns.slice(0, last).some(({ role }) => role === 'user')) return { fault: 'no message of the user before the answer' };
  return { turns };
}

/** Content is a text, or a list of parts of which the texts count. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = (content as unknown[]).map((part) => (typeof part === 'string' ? part : (part as { type?: string; text?: unknown } | null)?.text));
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}
