/** Written texts as a file: a line a prompt, with all its references. */
import type { WrittenScores } from '../protocol/scoreMessages';

/** A cell of a tab-separated file: nothing in it may end it. */
const cell = (text: string) => text.replace(/\s+/g, ' ');

export function writtenTsv({ prompts, before, after }: WrittenScores): string {
  const most = prompts.reduce((count, { references }) => Math.max(count, references.length), 1);
  const header = ['prompt', 'kind', ...(before ? ['before'] : []), `step ${after.step}`, ...Array.from({ length: most }, (_, index) => `reference ${index + 1}`)];
  const lines = prompts.map(({ prompt, references, seen }, row) => [
    prompt, seen === undefined ? '' : seen ? 'seen' : 'unseen', ...(before ? [before.texts[row]] : []), after.texts[row], ...Array.from({ length: most }, (_, index) => references[index] ?? ''),
  ]);
  return [header, ...lines].map((line) => `${line.map(cell).join('\t')}\n`).join('');
}
