import { Draws, others } from '../draws';
import { DRAW_STREAMS, STREAMS, type Split } from '../splits';
import { checkOptions, TEST_ROWS, VALIDATION_ROWS, type Example, type Task } from '../task';
import { CATEGORIES } from './lexicon';
import { drawGraph, drawMistake, drawWords, promptOf } from './triples';

const STREAM = DRAW_STREAMS.triples;
/** Words have a stream of their own: a row that states a wrong object states the rest as it would have done anyway. */
const WORDING_STREAM = STREAM + 0x40;
const NOISE_STREAM = STREAM + 0x80;

/** Texts that each held-out row has: the first is the one whose tokens are scored. */
const REFERENCES = 3;

const SEEN = CATEGORIES.filter(({ seen }) => seen);

function generateSplit(seed: number, split: Split, rows: number, noise: number): Example[] {
  const seen = new Set<string>();
  // As in the set that is mirrored, only the test rows have categories that no other rows have.
  const categories = split === 'test' ? CATEGORIES : SEEN;
  return Array.from({ length: rows }, (_, row) => {
    const draws = new Draws(seed, STREAM + STREAMS[split], row);
    let graph = drawGraph(draws, split, categories);
    while (seen.has(promptOf(graph))) graph = drawGraph(draws, split, categories);
    seen.add(promptOf(graph));
    const noiseDraws = new Draws(seed, NOISE_STREAM, row);
    const stated = noiseDraws.chance(noise) ? drawMistake(noiseDraws, split, graph) : graph;
    const wording = new Draws(seed, WORDING_STREAM + STREAMS[split], row);
    const words = () => drawWords(wording, split, stated);
    const example = { text: promptOf(graph), completion: words(), label: 0 };
    if (split === 'train') return example;
    const { name, seen: known } = graph.category;
    return { ...example, references: others(example.completion, REFERENCES, words), category: { name, seen: known } };
  });
}

export const triples: Task = {
  name: 'triples',
  title: 'Triples to a text',
  description: 'Put one to three statements about a thing into a short text. Test rows are about kinds of things too that no training row has; micro-decoder has read of them all.',
  examples: [
    { text: 'Foggy Orphan : author : Mira Lark | Mira Lark : birthplace : Thornley | Foggy Orphan : theme : love ->', label: 0, completion: 'The book that comes from the pen of Mira Lark has been called Foggy Orphan. It deals with love. Mira Lark grew up in Thornley.' },
    { text: 'Copper Union : sport : hockey | Copper Union : members : 380 ->', label: 0, completion: 'Copper Union is devoted to hockey. It has 380 members.' },
  ],
  mirrors: 'WebNLG 2017',
  citation: 'Gardent, Shimorina, Narayan and Perez-Beltrachini 2017, "Creating Training Corpora for NLG Micro-Planners", ACL 2017.',
  kind: 'language_model',
  labels: [],
  metrics: ['perplexity'],
  generate(options) {
    checkOptions('triples', options);
    return {
      train: generateSplit(options.seed, 'train', options.trainRows, options.labelNoise),
      validation: generateSplit(options.seed, 'validation', VALIDATION_ROWS, 0),
      test: generateSplit(options.seed, 'test', TEST_ROWS, 0),
    };
  },
};
