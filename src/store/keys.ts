/** What a person asks about keys: what each is worth to the model's answer, and how the answer goes as more and more are dropped. */
import type { InspectionPlace } from '../protocol/inspectionMessages';
import type { Context } from './context';

/** Held-out rows of the deletion curve: enough for a mean, and a matter of seconds on most adapters. */
export const DELETED_ROWS = 16;

export interface Keys {
  /** Drops each key of a row by itself. */
  dropEach(at: InspectionPlace): void;
  /** Drops more and more keys of several rows. */
  deleteMore(): void;
}

export function createKeys({ store, engine }: Context): Keys {
  let asked = 0;
  const ask = () => {
    const { current } = store.getState();
    if (current === undefined) return undefined;
    asked += 1;
    store.setState(({ keys }) => ({ keys: { ...keys, asking: asked, refused: undefined } }));
    return { runId: current, request: asked };
  };
  return {
    dropEach(at) {
      const question = ask();
      if (question) engine.post({ type: 'drop_keys', ...question, at });
    },
    deleteMore() {
      const question = ask();
      if (question) engine.post({ type: 'delete_keys', ...question, rows: DELETED_ROWS });
    },
  };
}
