/** Pure: short names for runs that stand side by side. What all of them share says nothing there, so it is left out. */
import type { RunId } from '../protocol/runMessages';
import type { RunInfo } from './state';

type Named = Pick<RunInfo, 'id' | 'name' | 'renamed' | 'kind'>;

/** The parts of an automatic name, and the number that tells two equal ones apart. */
function partsOf(name: string): { parts: string[]; number: string } {
  const [, rest, number = ''] = /^(.*?)( \(\d+\))?$/s.exec(name)!;
  return { parts: rest.split(' · '), number };
}

/** A label for each run; whole names where short ones would be alike. */
export function labelsOf(runs: readonly Named[]): Map<RunId, string> {
  // Neither a name that a person gave nor the recorded run says what the settings of one's own runs have in common.
  const voters = runs.filter(({ kind, renamed }) => kind !== 'recorded' && !(kind === 'live' && renamed)).map(({ name }) => new Set(partsOf(name).parts));
  const shared = (part: string) => voters.length > 0 && voters.every((parts) => parts.has(part));
  const short = ({ name, kind, renamed }: Named) => {
    if (kind === 'live' && renamed) return name;
    const { parts: [title, ...others], number } = partsOf(name);
    return [title, ...others.filter((part) => !shared(part))].join(' · ') + number;
  };
  const labels = runs.map(short);
  return new Map(runs.map((run, index) => [run.id, labels.filter((label) => label === labels[index]).length > 1 ? run.name : labels[index]]));
}
