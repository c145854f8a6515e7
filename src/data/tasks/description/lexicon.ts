/**
 * What can be told about a place to eat, and in which words. A phrase is what follows "it": a verb in the third person. Phrases of one
 * value mean the same; which of them fit may depend on what else is told, so that words have to be chosen with the whole meaning in view.
 */

export const NAME_FIRST = [
  'Copper', 'Paper', 'Silver', 'Quiet', 'Crooked', 'Amber', 'Hungry', 'Wandering', 'Velvet', 'Northern', 'Salty', 'Smoky',
  'Hidden', 'Little', 'Old', 'Lucky', 'Painted', 'Broken', 'Marble', 'Foggy', 'Sunny', 'Rusty', 'Twin', 'Ivory',
] as const;
export const NAME_SECOND = [
  'Kettle', 'Lantern', 'Spoon', 'Barrel', 'Anchor', 'Heron', 'Badger', 'Oven', 'Cellar', 'Orchard', 'Ladle', 'Harbour',
  'Table', 'Cup', 'Oak', 'Tower', 'Basket', 'Whistle', 'Stove', 'Pepper', 'Acorn', 'Swallow', 'Chimney', 'Window',
] as const;

export const SLOTS = ['kind', 'food', 'price', 'near', 'rating', 'children', 'seats', 'open'] as const;
export type Slot = (typeof SLOTS)[number];

/** What a row tells: a value for some of the slots. */
export type Facts = Partial<Record<Slot, string>>;

export const VALUES: Record<Slot, readonly string[]> = {
  kind: ['restaurant', 'cafe', 'pub', 'bistro', 'diner', 'tavern'],
  food: ['Thai', 'Italian', 'Indian', 'French', 'Greek', 'Mexican', 'Turkish', 'seafood', 'vegan', 'soup'],
  price: ['cheap', 'moderate', 'expensive'],
  near: ['station', 'river', 'market', 'museum', 'park', 'library', 'theatre', 'bridge', 'castle', 'church'],
  rating: ['poor', 'fair', 'good', 'superb'],
  children: ['yes', 'no'],
  seats: ['terrace', 'garden', 'indoors', 'counter'],
  open: ['early', 'late', 'weekends', 'daily'],
};

/** Whether a value speaks for a place (1) or against it (−1): "but" joins the two, "and" joins the rest. */
const VALENCE: Partial<Record<Slot, Record<string, 1 | -1>>> = {
  price: { cheap: 1, expensive: -1 },
  rating: { poor: -1, good: 1, superb: 1 },
  children: { yes: 1, no: -1 },
  seats: { terrace: 1, garden: 1 },
  open: { weekends: -1, daily: 1 },
};
export function valenceOf(slot: Slot, facts: Facts): number {
  const own = VALENCE[slot]?.[facts[slot] ?? ''] ?? 0;
  // What guests think of a place colours the words for its prices.
  return slot === 'price' && facts.price ? valenceOf('rating', facts) || own : own;
}

const KINDS: Record<string, readonly string[]> = {
  restaurant: ['is a restaurant', 'is a dining hall'],
  cafe: ['is a cafe', 'is a coffee house'],
  pub: ['is a pub', 'is a beer house'],
  bistro: ['is a bistro', 'is a small kitchen'],
  diner: ['is a diner', 'is a snack house'],
  tavern: ['is a tavern', 'is a wine house'],
};
/** Each kind of place has its own verb for what it does with food. */
const COOKING: Record<string, string> = { restaurant: 'serves', cafe: 'offers', pub: 'cooks', bistro: 'prepares', diner: 'fries', tavern: 'pours out' };
const COOKING_ANYWHERE = 'has';
const FOODS: Record<string, readonly string[]> = {
  Thai: ['Thai food', 'meals from Thailand'],
  Italian: ['Italian food', 'meals from Italy'],
  Indian: ['Indian food', 'meals from India'],
  French: ['French food', 'meals from France'],
  Greek: ['Greek food', 'meals from Greece'],
  Mexican: ['Mexican food', 'meals from Mexico'],
  Turkish: ['Turkish food', 'meals from Turkey'],
  seafood: ['seafood', 'fish and crab'],
  vegan: ['vegan food', 'meals without meat'],
  soup: ['soup', 'bowls of broth'],
};
/** Prices by what guests think of the place; `plain` where nobody says. A fair rating counts as none. */
const PRICES: Record<string, Record<'plain' | 'liked' | 'disliked', readonly string[]>> = {
  cheap: {
    plain: ["won't cost much", 'spares the purse', 'has low prices'],
    liked: ['is a bargain', 'gives much for little'],
    disliked: ['is rightly cheap', 'is nothing but cheap'],
  },
  moderate: {
    plain: ['has middling prices', 'has everyday prices'],
    liked: ['has honest prices', 'asks a just price'],
    disliked: ['asks too much', 'is not worth its prices'],
  },
  expensive: {
    plain: ['costs a lot', 'empties the purse', 'has high prices'],
    liked: ['earns its high prices', 'has its price'],
    disliked: ['is overpriced', 'charges far too much'],
  },
};
const NEAR = ['stands near the {l}', 'is close to the {l}', 'adjoins the {l}'];
/** With tables outside, a neighbour is something to look at. */
const NEAR_OUTSIDE = ['overlooks the {l}', 'has a view of the {l}'];
const RATINGS: Record<string, readonly string[]> = {
  poor: ['has few friends', 'is badly rated', 'lets its guests down'],
  fair: ['gets mixed reviews', 'is rated as average'],
  good: ['is well liked', 'gets kind reviews', 'pleases its guests'],
  superb: ['is loved by all', 'gets the best reviews', 'delights its guests'],
};
const CHILDREN: Record<string, readonly string[]> = {
  yes: ['welcomes children', 'is made for families', 'entertains the young'],
  no: ['is for adults only', 'turns children away', 'does not suit families'],
};
const SEATS: Record<string, readonly string[]> = {
  terrace: ['has a terrace', 'has sunny tables'],
  garden: ['has a garden', 'puts tables under trees'],
  indoors: ['seats all indoors', 'keeps its guests inside'],
  counter: ['has a long counter', 'has bar stools'],
};
const OPENING: Record<string, readonly string[]> = {
  early: ['opens early', 'is up before breakfast'],
  late: ['closes late', 'stays open until midnight'],
  weekends: ['opens at weekends only', 'is shut on weekdays'],
  daily: ['opens every day', 'never has a holiday'],
};

/** All ways to tell one fact beside the others. @throws RangeError where the slot has no such value */
export function phrasesOf(slot: Slot, facts: Facts): readonly string[] {
  const value = facts[slot] ?? '';
  if (!VALUES[slot].includes(value)) throw new RangeError(`description: ${slot} has no value "${value}"; choose one of ${VALUES[slot].join(', ')}`);
  switch (slot) {
    case 'kind': return KINDS[value];
    case 'food': return FOODS[value].map((food) => `${facts.kind ? COOKING[facts.kind] : COOKING_ANYWHERE} ${food}`);
    case 'price': {
      const opinion = valenceOf('rating', facts);
      return PRICES[value][opinion > 0 ? 'liked' : opinion < 0 ? 'disliked' : 'plain'];
    }
    case 'near': return (facts.seats === 'terrace' || facts.seats === 'garden' ? NEAR_OUTSIDE : NEAR).map((phrase) => phrase.replace('{l}', value));
    case 'rating': return RATINGS[value];
    case 'children': return CHILDREN[value];
    case 'seats': return SEATS[value];
    case 'open': return OPENING[value];
  }
}
