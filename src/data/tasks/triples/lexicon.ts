/**
 * What triples can say, of which kinds of things, and in which words. A phrase is what follows the subject: a verb in the third person, with
 * {o} for the object. Phrases of one predicate mean the same.
 */

/** What an object is: it decides which words there are for it, and whether something can be told about it in turn. */
export type ObjectKind =
  | 'person' | 'town' | 'region' | 'river' | 'year' | 'count' | 'metres' | 'pages' | 'minutes' | 'members' | 'material' | 'theme' | 'language'
  | 'cargo' | 'colour' | 'sport' | 'ingredient' | 'drink' | 'instrument' | 'profession';

export interface Predicate {
  name: string;
  object: ObjectKind;
  phrases: readonly string[];
}

/** A kind of thing that triples are about. */
export interface Category {
  name: string;
  /** Whether training and validation rows have it. The others are in test rows alone, and in the text of the base model. */
  seen: boolean;
  /** Second words of the names; the first ones are shared, so that a name is new where both are known. */
  names: readonly string[];
  predicates: readonly Predicate[];
}

export const FIRST_WORDS = [
  'Copper', 'Paper', 'Silver', 'Quiet', 'Crooked', 'Amber', 'Hungry', 'Wandering', 'Velvet', 'Northern', 'Salty', 'Smoky',
  'Hidden', 'Little', 'Old', 'Lucky', 'Painted', 'Broken', 'Marble', 'Foggy', 'Sunny', 'Rusty', 'Twin', 'Ivory',
] as const;
export const GIVEN_NAMES = ['Nora', 'Edwin', 'Clara', 'Jonas', 'Ada', 'Felix', 'Mira', 'Otto', 'Iris', 'Hugo', 'Lena', 'Simon', 'Ruth', 'Emil', 'Vera', 'Oscar'] as const;
export const FAMILY_NAMES = ['Finch', 'Hollis', 'Marsh', 'Baker', 'Winter', 'Stone', 'Reed', 'Fuller', 'Lark', 'Weaver', 'Frost', 'Carter', 'Birch', 'Dale', 'Pike', 'Sommer'] as const;

/** Words of the objects that are neither persons nor numbers. */
export const WORDS: Partial<Record<ObjectKind, readonly string[]>> = {
  town: ['Elmsted', 'Norbury', 'Harwick', 'Ashcombe', 'Saltby', 'Milden', 'Larkhill', 'Thornley', 'Ravenport', 'Greyford', 'Oakwick', 'Winterby'],
  region: ['Highlands', 'Lowlands', 'Marshes', 'Uplands', 'Islands', 'Moors'],
  river: ['Arle', 'Tamble', 'Wend', 'Kell', 'Brine', 'Luth'],
  material: ['brick', 'granite', 'timber', 'marble', 'sandstone', 'glass'],
  theme: ['love', 'war', 'crime', 'travel', 'nature', 'magic'],
  language: ['Latin', 'Dutch', 'Polish', 'Irish', 'Welsh', 'Danish'],
  cargo: ['grain', 'coal', 'wine', 'iron', 'wool', 'salt'],
  colour: ['red', 'blue', 'green', 'gold', 'grey', 'violet'],
  sport: ['rowing', 'chess', 'tennis', 'hockey', 'fencing', 'cycling'],
  ingredient: ['beans', 'mushrooms', 'lentils', 'apples', 'cabbage', 'herring'],
  drink: ['beer', 'tea', 'cider', 'milk', 'coffee', 'wine'],
  instrument: ['piano', 'harp', 'guitar', 'violin', 'drum', 'flute'],
  profession: ['baker', 'lawyer', 'teacher', 'doctor', 'sailor', 'farmer', 'banker', 'soldier'],
};

/** Numbers of an object: the least, how many there are, and how far apart. */
export const NUMBERS: Partial<Record<ObjectKind, readonly [number, number, number]>> = {
  year: [1800, 200, 1], count: [2, 11, 1], metres: [20, 40, 5], pages: [80, 60, 10], minutes: [10, 16, 5], members: [20, 40, 10],
};

const predicate = (name: string, object: ObjectKind, ...phrases: string[]): Predicate => ({ name, object, phrases });
const LOCATION = predicate('location', 'town', 'stands in {o}', 'can be found in {o}', 'is located in {o}');
const LENGTH = predicate('length', 'metres', 'is {o} metres long', 'measures {o} metres', 'has a length of {o} metres');

export const CATEGORIES: readonly Category[] = [
  {
    name: 'building', seen: true, names: ['Hall', 'Tower', 'House', 'Mill', 'Manor', 'Lodge', 'Abbey', 'Court'],
    predicates: [
      LOCATION,
      predicate('architect', 'person', 'was designed by {o}', 'is the work of {o}', 'was planned by {o}'),
      predicate('completed', 'year', 'was completed in {o}', 'was finished in {o}', 'has stood since {o}'),
      predicate('floors', 'count', 'has {o} floors', 'rises to {o} floors', 'counts {o} floors'),
      predicate('material', 'material', 'is made of {o}', 'was built of {o}', 'has walls of {o}'),
    ],
  },
  {
    name: 'book', seen: true, names: ['Letter', 'Garden', 'Island', 'Mirror', 'Key', 'Orphan', 'Journey', 'Season'],
    predicates: [
      predicate('author', 'person', 'was written by {o}', 'has {o} for its author', 'comes from the pen of {o}'),
      predicate('theme', 'theme', 'is about {o}', 'tells of {o}', 'deals with {o}'),
      predicate('published', 'year', 'was published in {o}', 'came out in {o}', 'appeared in {o}'),
      predicate('pages', 'pages', 'has {o} pages', 'fills {o} pages', 'runs to {o} pages'),
      predicate('language', 'language', 'is in {o}', 'was written in {o}', 'can be read in {o}'),
    ],
  },
  {
    name: 'ship', seen: true, names: ['Gull', 'Star', 'Wave', 'Dolphin', 'Arrow', 'Petrel', 'Maiden', 'Breeze'],
    predicates: [
      predicate('captain', 'person', 'is sailed by {o}', 'is under {o}', 'obeys {o}'),
      predicate('launched', 'year', 'was launched in {o}', 'first sailed in {o}', 'left the yard in {o}'),
      LENGTH,
      predicate('cargo', 'cargo', 'carries {o}', 'transports {o}', 'is loaded with {o}'),
      predicate('harbour', 'town', 'lies at {o}', 'has its berth in {o}', 'sails from {o}'),
    ],
  },
  {
    name: 'painting', seen: true, names: ['Meadow', 'Harvest', 'Evening', 'Portrait', 'Bouquet', 'Valley', 'Sunrise', 'Shore'],
    predicates: [
      predicate('painter', 'person', 'was painted by {o}', 'is a picture by {o}', 'shows the hand of {o}'),
      predicate('painted', 'year', 'was painted in {o}', 'dates from {o}', 'was made in {o}'),
      predicate('gallery', 'town', 'hangs in {o}', 'is on show in {o}', 'is kept in {o}'),
      predicate('colour', 'colour', 'is mostly {o}', 'glows in {o}', 'is full of {o}'),
      predicate('figures', 'count', 'shows {o} figures', 'has {o} figures', 'brings together {o} figures'),
    ],
  },
  {
    name: 'club', seen: true, names: ['Union', 'Society', 'Circle', 'League', 'Guild', 'Company', 'Order', 'Band'],
    predicates: [
      predicate('town', 'town', 'is at home in {o}', 'meets in {o}', 'comes from {o}'),
      predicate('founded', 'year', 'was founded in {o}', 'goes back to {o}', 'has existed since {o}'),
      predicate('trainer', 'person', 'is trained by {o}', 'is coached by {o}', 'learns from {o}'),
      predicate('sport', 'sport', 'is devoted to {o}', 'practises {o}', 'competes in {o}'),
      predicate('members', 'members', 'has {o} members', 'unites {o} members', 'counts {o} members'),
    ],
  },
  {
    name: 'bridge', seen: false, names: ['Bridge', 'Arch', 'Crossing', 'Viaduct', 'Span', 'Causeway', 'Passage', 'Gate'],
    predicates: [
      LOCATION,
      predicate('crosses', 'river', 'crosses the {o}', 'spans the {o}', 'leads over the {o}'),
      predicate('opened', 'year', 'was opened in {o}', 'has been open since {o}', 'was first crossed in {o}'),
      LENGTH,
      predicate('engineer', 'person', 'was engineered by {o}', 'was drawn by {o}', 'was thought out by {o}'),
    ],
  },
  {
    name: 'dish', seen: false, names: ['Stew', 'Pudding', 'Pie', 'Salad', 'Broth', 'Roast', 'Dumpling', 'Cake'],
    predicates: [
      predicate('region', 'region', 'comes from the {o}', 'is eaten in the {o}', 'has its home in the {o}'),
      predicate('inventor', 'person', 'was invented by {o}', 'was first cooked by {o}', 'is the idea of {o}'),
      predicate('ingredient', 'ingredient', 'is made with {o}', 'contains {o}', 'tastes of {o}'),
      predicate('minutes', 'minutes', 'takes {o} minutes', 'cooks for {o} minutes', 'is ready in {o} minutes'),
      predicate('drink', 'drink', 'goes well with {o}', 'is eaten with {o}', 'is followed by {o}'),
    ],
  },
  {
    name: 'song', seen: false, names: ['Ballad', 'Lullaby', 'Waltz', 'March', 'Serenade', 'Hymn', 'Anthem', 'Chorus'],
    predicates: [
      predicate('singer', 'person', 'is sung by {o}', 'was made famous by {o}', 'is performed by {o}'),
      predicate('recorded', 'year', 'was recorded in {o}', 'was first heard in {o}', 'was a hit in {o}'),
      predicate('instrument', 'instrument', 'is played on the {o}', 'begins with the {o}', 'needs a {o}'),
      predicate('words', 'language', 'has words in {o}', 'is sung in {o}', 'was put into {o}'),
      predicate('duration', 'minutes', 'lasts {o} minutes', 'goes on for {o} minutes', 'is over after {o} minutes'),
    ],
  },
];

/** What can be told about an object in turn, and the word that joins it. */
export const ABOUT_OBJECTS: Partial<Record<ObjectKind, { joint: string; predicates: readonly Predicate[] }>> = {
  person: {
    joint: 'who',
    predicates: [
      predicate('birthplace', 'town', 'was born in {o}', 'grew up in {o}', 'left {o} as a child'),
      predicate('profession', 'profession', 'worked as a {o}', 'was a {o} by trade', 'had been a {o}'),
    ],
  },
  town: {
    joint: 'which',
    predicates: [
      predicate('region', 'region', 'lies in the {o}', 'belongs to the {o}', 'is part of the {o}'),
      predicate('river', 'river', 'lies on the {o}', 'is washed by the {o}', 'has a port on the {o}'),
    ],
  },
};
