/** What a person asks of the model of the current run: to write, to read a text, to show what it makes of held-out rows. */
import type { WritingOptions } from '../protocol/writingMessages';
import type { RunId } from '../protocol/runMessages';
import type { Context } from './context';
import type { AnswersState, ScoreWish } from './state';

/** Held-out prompts that a decoder writes behind. */
export const FOLLOWED_PROMPTS = 3;

/** Test prompts that are written at the end of a run: enough to see a change, and a matter of seconds on most adapters. */
export const SCORED_PROMPTS = 50;

export const NO_ANSWERS: AnswersState = { wish: { rows: SCORED_PROMPTS, beams: 1, atEnd: true } };

/** What stays when another run begins. */
export const keptAnswers = ({ following, wish }: AnswersState): AnswersState => ({ following, wish });

export interface Answers {
  /** Whether held-out rows are read or written at every evaluation, in this run and those to come. */
  follow(on: boolean): void;
  /** Writes behind `prompt` with the weights as they are now. */
  write(prompt: string, options: WritingOptions): void;
  /** Says what the model makes of a text, or of a pair of them. */
  classify(text: string, pair?: string): void;
  /** Says how texts are scored from now on. */
  wish(part: Partial<ScoreWish>): void;
  /** Writes behind test prompts and scores the texts, as wished, with the weights of the best evaluation. */
  score(): void;
  stopScoring(): void;
}

/** Asks the engine to score what the run writes. */
export function askForScores({ store, engine }: Pick<Context, 'store' | 'engine'>, runId: RunId): void {
  const { rows, beams } = store.getState().answers.wish;
  store.setState(({ answers }) => ({ answers: { ...answers, scoring: { done: 0, of: 0 }, unscored: undefined } }));
  engine.post({ type: 'score', runId, rows, options: beams > 1 ? { beams } : {}, weights: 'best' });
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
    wish: (part) => store.setState(({ answers }) => ({ answers: { ...answers, wish: { ...answers.wish, ...part } } })),
    score() {
      const { current } = store.getState();
      if (current !== undefined) askForScores({ store, engine }, current);
    },
    stopScoring: () => engine.post({ type: 'stop_scoring' }),
  };
}
