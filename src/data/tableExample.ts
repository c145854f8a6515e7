/** Rows of a table → rows as the engine and the tokenizer take them. */
import type { TableMapping } from '../config/tables';
import type { Example as TableExample } from '../protocol/tableMessages';
import type { ChatTemplate } from './chatTemplate';
import type { Example } from './tasks/task';

/** One row as the engine takes it. @throws RangeError for a label that is none of the mapping's */
export function exampleOf({ text = '', text2, label, prompt_parts, target_text, references, category, messages, prompt_turns: promptTurns, tools }: TableExample, { kind, labels }: Pick<TableMapping, 'kind' | 'labels'>): Example {
  if (kind === 'language_model') {
    const told = { ...(references && { references }), ...(category !== undefined && { category: { name: category, seen: true } }) };
    return { text: promptOf(prompt_parts ?? [text]), completion: target_text ?? '', label: 0, ...told, ...(messages && { messages }), ...(promptTurns !== undefined && { promptTurns }), ...(tools && { tools }) };
  }
  const pair = text2 === undefined ? {} : { pair: text2 };
  if (kind === 'regression') return { text, ...pair, label: Number(label) };
  const index = labels.indexOf(String(label));
  if (index < 0) throw new RangeError(`the label "${String(label)}" is none of the ${labels.length} that the model learns`);
  return { text, ...pair, label: index };
}

/** The filled parts of a prompt, each on lines of its own, and a line break before what is to be written. */
export const promptOf = (parts: readonly (string | null)[]): string => `${parts.filter((part) => part !== null && part.trim() !== '').join('\n')}\n`;

/** A conversation as the model's template writes it. @throws Error with a sentence where that does not take it */
export function inText(example: Example, template: ChatTemplate): Example {
  const turns = example.messages ?? [];
  const last = turns.findLastIndex(({ role }) => role === 'assistant');
  // Behind the last answer there is nothing to learn.
  const { text, promptEnd, scored } = template.render(turns.slice(0, last + 1), example.tools, example.promptTurns);
  return { ...example, text: text.slice(0, promptEnd), completion: text.slice(promptEnd), scored };
}
