/** Conversations of a table → the text that the model knows them in. */
import type { ChatTemplate } from '../data/chatTemplate';
import { inText } from '../data/tableExample';
import type { Example, TaskData } from '../data/tasks/task';
import { Refusal } from './refusal';

export interface Conversations {
  /** Whether the model has a template; without one a conversation is read as the lines of its turns. */
  template: boolean;
  /** Conversations that the template does not take, which are left out, and what it says of the first. */
  refused: number;
  said?: string;
}

/**
 * Each conversation as the model's own template writes it.
 * @throws Refusal where that leaves a set without rows, with what the template says
 */
export function inTemplate(examples: TaskData, template: ChatTemplate | undefined): { examples: TaskData; conversations: Conversations } {
  if (!template) return { examples, conversations: { template: false, refused: 0 } };
  const conversations: Conversations = { template: true, refused: 0 };
  const written = (set: keyof TaskData) => {
    const rows = examples[set].flatMap((example): Example[] => {
      try {
        return [inText(example, template)];
      } catch (error) {
        conversations.refused++;
        conversations.said ??= (error as Error).message;
        return [];
      }
    });
    if (rows.length === 0) throw new Refusal({ code: 'bad_config', problems: [`data: none of the ${examples[set].length} ${set === 'train' ? 'training' : set} rows can be used: ${conversations.said}; choose another model, or change the conversations`] });
    return rows;
  };
  return { examples: { train: written('train'), validation: written('validation'), test: written('test') }, conversations };
}
