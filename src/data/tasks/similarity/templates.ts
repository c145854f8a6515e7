import { ownerOfCell, type Split } from '../splits';

/** {s} subject, {o} object, {v} present participle, {w} past participle, {l} place with its leading space or nothing. */
const PATTERNS = [
  '{1} {s} is {v} {2} {o}{l}', '{1} {s} was {v} {2} {o}{l}', '{2} {o} is being {w} by {1} {s}{l}', '{2} {o} was {w} by {1} {s}{l}',
  '{1} {s} keeps {v} {2} {o}{l}', '{1} {s} likes {v} {2} {o}{l}', '{1} {s} has {w} {2} {o}{l}', '{1} {s} starts {v} {2} {o}{l}',
];

/** Articles of subject and object. "an" is left to `withArticle`. */
const ARTICLES = [['a', 'a'], ['a', 'the'], ['the', 'a'], ['the', 'the'], ['this', 'a'], ['this', 'the'], ['that', 'a'], ['that', 'the']] as const;

function templatesOf(split: Split): string[] {
  return PATTERNS.flatMap((pattern, column) =>
    ARTICLES.flatMap(([subject, object], row) => (ownerOfCell(row, column) === split ? [pattern.replace('{1}', subject).replace('{2}', object)] : [])),
  );
}

export const SCENE_TEMPLATES: Record<Split, string[]> = {
  pretraining: templatesOf('pretraining'),
  train: templatesOf('train'),
  validation: templatesOf('validation'),
  test: templatesOf('test'),
};

/** "a onion" becomes "an onion". */
export function withArticle(text: string): string {
  return text.replace(/\ba (?=[aeiou])/g, 'an ');
}
