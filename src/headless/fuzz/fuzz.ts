/** Runs damaged inputs and says of each how it ended. */
import { LoadError } from '../../model/files/loadError';
import { choicesFrom } from './random';
import { type Files, LetThrough, type Target, TARGETS } from './targets';

/** `read`: harmless after all; `refused`: with a sentence. The rest is what must not be. */
export type Ending = 'read' | 'refused' | 'crashed' | 'slow' | 'memory' | 'let through';

export interface Outcome {
  input: number;
  target: string;
  ending: Ending;
  /** The sentence, or what was thrown. */
  words?: string;
  /** Of a refusal: its sentence without what differs from file to file. */
  kind?: string;
}

/** Longest time of one input, which a whole model of this size takes a hundredth of. */
const SLOW_MS = 5000;
/** Memory that one input may take above what was there. */
const BUDGET_BYTES = 256 * 2 ** 20;

/** Errors that are thrown on purpose are plain ones with a sentence; everything else escaped from somewhere. */
const hasSentence = (error: unknown): boolean => error instanceof LoadError || ((error as Error)?.constructor === Error && /^[\w.-]+: |[;,] /.test((error as Error).message));

const kindOf = (sentence: string): string => sentence.replace(/"[^"]*"|\([^)]*\)|\[[^\]]*\]/g, '…').replace(/tensor \S+/g, 'tensor …').replace(/[\d.]+/g, 'N').slice(0, 90);

export interface FuzzOptions {
  /** Good folders by name; a target damages those that have its file. */
  seeds: ReadonlyMap<string, Files>;
  seed: number;
}

/** Ends one damaged input. The same number and seed are always the same input. */
export async function fuzzOne(input: number, { seeds, seed }: FuzzOptions, memory: () => number): Promise<Outcome> {
  const choices = choicesFrom(Math.imul(seed, 0x9e3779b1) + input);
  const target: Target = TARGETS[input % TARGETS.length];
  const able = [...seeds.values()].filter((files) => files.has(target.file));
  const files = new Map(choices.one(able));
  files.set(target.file, target.damage(files.get(target.file)!, choices));
  const before = memory();
  const began = performance.now();
  const outcome: Outcome = { input, target: target.name, ending: 'read' };
  try {
    await target.read(files);
  } catch (error) {
    const words = (error as Error)?.message ?? String(error);
    if (error instanceof LetThrough) Object.assign(outcome, { ending: 'let through', words });
    else if (hasSentence(error)) Object.assign(outcome, { ending: 'refused', words, kind: kindOf(words) });
    else Object.assign(outcome, { ending: 'crashed', words: `${(error as Error)?.stack ?? words}`.slice(0, 400) });
  }
  if (performance.now() - began > SLOW_MS) Object.assign(outcome, { ending: 'slow', words: `${Math.round(performance.now() - began)} ms` });
  if (memory() - before > BUDGET_BYTES) Object.assign(outcome, { ending: 'memory', words: `${Math.round((memory() - before) / 2 ** 20)} MiB` });
  return outcome;
}
