/**
 * The text of the larger decoder: that of the small one, and texts about things of every category of the task of triples, those included that
 * its training rows lack, as whoever wrote WebNLG's texts with a pretrained model had a model that has read about everything. Names, pairs
 * of predicate and opening, and persons are of the split `pretraining` alone.
 */
import { Draws, shuffled } from '../../src/data/tasks/draws';
import { DRAW_STREAMS, STREAMS } from '../../src/data/tasks/splits';
import { CATEGORIES } from '../../src/data/tasks/triples/lexicon';
import { drawGraph, drawWords, promptOf, triplesOf } from '../../src/data/tasks/triples/triples';
import { drawRestaurant, drawReview, drawScenes } from './decoder-text';
import type { Document } from './pretraining-text';

const STREAM = DRAW_STREAMS.microDecoderText + STREAMS.pretraining;

/** Reviews, pairs of scenes, restaurants, things. */
const SHARES = [0.25, 0.1, 0.3, 0.35] as const;

/** As for restaurants: {d} is a text, {l} a list of what is named in it in any order, {m} the triples as the task writes them. {m} {d} does not occur. */
const FRAMES = [
  { weight: 2, text: '{d}' },
  { weight: 2, text: '{d} {m}' },
  { weight: 6, text: '{l}: {d}' },
] as const;

function drawThing(draws: Draws): Document {
  const graph = drawGraph(draws, 'pretraining', CATEGORIES);
  const words = drawWords(draws, 'pretraining', graph);
  const frame = FRAMES[draws.weighted(FRAMES.map(({ weight }) => weight))].text;
  // Some lists say what a value is, so that the names of predicates have a meaning before fine-tuning.
  const named = draws.chance(0.5);
  const values = shuffled(draws, triplesOf(graph)).map(({ predicate, object }) => (named ? `${predicate.name} ${object}` : object));
  const list = shuffled(draws, [graph.name, ...values]).join(', ');
  return { text: frame.replace('{d}', words).replace('{m}', promptOf(graph)).replace('{l}', list), level: 1 };
}

export function microDecoderDocument(seed: number, row: number): Document {
  const draws = new Draws(seed, STREAM, row);
  return [drawReview, drawScenes, drawRestaurant, drawThing][draws.weighted(SHARES)](draws);
}
