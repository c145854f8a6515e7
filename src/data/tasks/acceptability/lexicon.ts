/** Nouns as singular and plural. */
export const DOERS = [
  ['boy', 'boys'], ['girl', 'girls'], ['farmer', 'farmers'], ['nurse', 'nurses'], ['pilot', 'pilots'], ['singer', 'singers'], ['judge', 'judges'],
  ['baker', 'bakers'], ['sailor', 'sailors'], ['student', 'students'], ['driver', 'drivers'], ['tourist', 'tourists'],
] as const;
export const THINGS = [
  ['letter', 'letters'], ['lamp', 'lamps'], ['ladder', 'ladders'], ['basket', 'baskets'], ['mirror', 'mirrors'], ['clock', 'clocks'], ['bottle', 'bottles'],
  ['picture', 'pictures'], ['window', 'windows'], ['table', 'tables'],
] as const;
/** They stand between a subject and its verb. */
export const BETWEEN = ['near', 'behind', 'beside', 'with'] as const;
export const QUALITIES = ['old', 'tall', 'young', 'small', 'famous', 'quiet', 'strong', 'kind', 'tired', 'clever'] as const;

/** Verbs in the present, as singular and plural. */
export const STATES = [['is', 'are'], ['seems', 'seem'], ['looks', 'look'], ['remains', 'remain']] as const;

/** In the past. Those of the first kind never take an object, those of the second always do; those of the third also need to say where to. */
export const ALONE = ['slept', 'arrived', 'smiled', 'coughed', 'sneezed', 'yawned', 'vanished', 'laughed', 'hesitated', 'sighed'] as const;
export const WITH_OBJECT = ['repaired', 'described', 'found', 'carried', 'used', 'examined', 'wanted', 'discovered', 'owned', 'mentioned'] as const;
export const WITH_PLACE = ['put', 'placed', 'laid', 'hung'] as const;
export const PLACES = ['on the shelf', 'on the floor', 'in the garden', 'in the corner'] as const;
