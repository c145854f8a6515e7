/** Held-out rows as prompts with all texts that would do: a file has one row a text, a task of the page has them in one row. */
import type { Example } from '../data/tasks/task';
import type { Referenced } from '../protocol/scoreMessages';

/** A text on one line, as files of one text a line have it. */
export const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What the assistant says last, which is what follows the prompt, without the signs of a template. */
const lastAnswer = (messages: Example['messages']): string => {
  const content: unknown = messages?.findLast(({ role }) => role === 'assistant')?.content;
  return typeof content === 'string' ? content : '';
};

/**
 * In the order of the rows; rows with the same prompt are one.
 * @param inTemplate whether conversations are in the words of the model's template, see `conversations.ts`
 */
export function referenced(rows: readonly Pick<Example, 'text' | 'completion' | 'references' | 'category' | 'messages'>[], inTemplate = false): Referenced[] {
  const found = new Map<string, Referenced & { texts: Set<string> }>();
  for (const { text: prompt, completion = '', messages, references = [inTemplate ? lastAnswer(messages) : completion], category } of rows) {
    const one = found.get(prompt) ?? { prompt, references: [], texts: new Set<string>(), ...(category && { seen: category.seen }) };
    for (const reference of references.map(onOneLine)) if (reference !== '') one.texts.add(reference);
    found.set(prompt, one);
  }
  return [...found.values()].map(({ texts, ...one }) => ({ ...one, references: [...texts] })).filter(({ references }) => references.length > 0);
}
