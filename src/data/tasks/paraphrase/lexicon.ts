/** One event seen from both sides: what the giver does, and what the receiver does, in the past and as a participle. */
export const TRANSFERS = [
  { gave: 'sold', got: 'bought', taken: 'bought' },
  { gave: 'lent', got: 'borrowed', taken: 'borrowed' },
  { gave: 'sent', got: 'received', taken: 'received' },
  { gave: 'handed', got: 'took', taken: 'taken' },
] as const;
export const GOODS = [
  'lamp', 'ladder', 'book', 'watch', 'carpet', 'mirror', 'clock', 'basket', 'camera', 'ring', 'kettle', 'blanket',
  'radio', 'helmet', 'tent', 'map', 'rope', 'bell', 'desk', 'vase',
] as const;

/** What somebody does at some time, in the past. */
export const DEEDS = [
  'sang', 'slept', 'left', 'ate', 'rested', 'spoke', 'prayed', 'danced', 'laughed', 'arrived', 'paid', 'waited',
  'cried', 'swam', 'cooked', 'read',
] as const;

/** Two ways to compare: who is more the one is less the other. */
export const OPPOSITES = [
  ['older', 'younger'], ['taller', 'shorter'], ['richer', 'poorer'], ['faster', 'slower'], ['stronger', 'weaker'], ['louder', 'quieter'],
  ['busier', 'lazier'], ['happier', 'sadder'],
] as const;
