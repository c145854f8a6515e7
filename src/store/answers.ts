/** What a person asks of the model of the current run: to write, to read a text, to show what it makes of held-out rows. */
import type { WritingOptions } from '../protocol/writingMessages';
import type { Context } from './context';

/** Held-out prompts that a decoder writes behind. */
export const FOLLOWED_PROMPTS = 3;

export interface Answers {
  /** Whether held-out rows are read or written at every evaluation, in this run and those to come. */
  follow(on: boolean): void;
  /** Writes behind `prompt` with the weights as they are now. */
  write(prompt: string, options: WritingOptions): void;
  /** Says what the model makes of a text, or of a pair of them. */
  classify(text: string, pair?: string): void;
}

export function createAnswers({ store, engine }: Context): Answers {
  let asked = 0;
  /** Answers the run to ask and the number of the question. */
  const ask = () => {
    const { current } = store.getState();
    if (current === undefined) return undefined;
    asked += 1;
    store.setState(({ answers }) => ({ answers: { ...answers, asking: asked } }));
    return { runId: current, request: asked };
  };

  return {
    follow(on) {
      if (store.getState().answers.following === on) return;
      store.setState(({ answers }) => ({ answers: { ...answers, following: on } }));
      engine.post({ type: 'follow', rows: on ? FOLLOWED_PROMPTS : null, options: {} });
    },
    write(prompt, options) {
      const question = ask();
      if (question) engine.post({ type: 'write', ...question, prompts: [prompt], options });
    },
    classify(text, pair) {
      const question = ask();
      if (question) engine.post({ type: 'classify', ...question, text, ...(pair !== undefined && { pair }) });
    },
  };
}
