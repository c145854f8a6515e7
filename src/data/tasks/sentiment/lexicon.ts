/** What a review speaks about. All singular, so that every predicate fits every aspect. */
export const ASPECTS = [
  'plot', 'story', 'acting', 'script', 'ending', 'soundtrack', 'dialogue', 'pacing', 'humor', 'cast', 'hero', 'villain',
  'music', 'lighting', 'costume', 'opening', 'service', 'food', 'soup', 'dessert', 'coffee', 'bread', 'menu', 'kitchen',
  'room', 'bed', 'view', 'lobby', 'garden', 'breakfast', 'novel', 'chapter', 'prose', 'cover', 'narrator', 'game',
  'level', 'puzzle', 'screen', 'battery', 'keyboard', 'camera', 'design', 'speaker', 'delivery', 'manual', 'update', 'concert',
] as const;

export const POSITIVE = [
  'superb', 'great', 'wonderful', 'charming', 'delightful', 'excellent', 'brilliant', 'lovely', 'impressive', 'memorable',
  'pleasant', 'splendid', 'remarkable', 'fantastic', 'refreshing', 'satisfying', 'solid', 'fresh', 'clever', 'thoughtful',
  'rewarding', 'graceful', 'elegant', 'vivid', 'amazing', 'beautiful', 'perfect', 'fine', 'inspired', 'warm', 'enjoyable',
  'gorgeous', 'touching', 'stunning', 'smart', 'terrific',
] as const;

export const NEGATIVE = [
  'dull', 'boring', 'awful', 'terrible', 'bland', 'weak', 'clumsy', 'tedious', 'poor', 'dreadful',
  'lousy', 'flat', 'annoying', 'disappointing', 'sloppy', 'lifeless', 'shallow', 'stale', 'messy', 'forgettable',
  'tiresome', 'mediocre', 'pathetic', 'careless', 'horrible', 'ugly', 'broken', 'cheap', 'lazy', 'cold', 'painful',
  'hideous', 'hollow', 'crude', 'stupid', 'dismal',
] as const;

export const ADJECTIVES: readonly string[] = [...POSITIVE, ...NEGATIVE];

/** They raise or lower the degree and leave the polarity as it is. */
export const DEGREES = ['truly', 'very', 'really', 'quite', 'rather', 'fairly'] as const;

export const DETERMINERS = ['the', 'this', 'that', 'its', 'their', 'his', 'her', 'our'] as const;

/** Whose opinion is reported; the label is what the writer makes of it. */
export const PEOPLE = ['my friend', 'my brother', 'my sister', 'the critic', 'the waiter', 'a neighbor', 'my teacher', 'the guide'] as const;

/** Beside the point. Those with {a} carry a polar word that says nothing about the label. */
export const FACTS = [
  'we came on a {t}', 'it took {k} hours', 'i read {k} reviews', 'it opened last {t}', 'we were {k} people',
  'the weather was {a}', 'my day had been {a}', 'the traffic was {a}', 'my last week was {a}', 'the bus was {a}',
] as const;
export const DAYS = ['monday', 'tuesday', 'friday', 'saturday', 'sunday', 'summer', 'winter', 'spring'] as const;
export const NUMBERS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'ten'] as const;
