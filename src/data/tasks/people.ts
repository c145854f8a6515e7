import type { Draws } from './draws';
import { COMBINATIONS, ownerOfCombination, type Split } from './splits';

/** Who the pairs of sentences speak about. */
export const PEOPLE = [
  'farmer', 'nurse', 'tailor', 'pilot', 'singer', 'judge', 'baker', 'sailor', 'painter', 'dentist', 'lawyer', 'barber',
  'miner', 'poet', 'guard', 'hunter', 'clerk', 'plumber', 'dancer', 'mayor', 'butcher', 'porter', 'tourist', 'student',
] as const;

/** Two people whom this split alone names together, in this order or the other. */
export function drawPeople(draws: Draws, split: Split): [string, string] {
  for (;;) {
    const [first, second] = [draws.below(PEOPLE.length), draws.below(PEOPLE.length)];
    if (first === second) continue;
    if (ownerOfCombination(COMBINATIONS.twoPeople, Math.min(first, second), Math.max(first, second)) === split) return [PEOPLE[first], PEOPLE[second]];
  }
}
