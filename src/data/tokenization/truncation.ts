/** Takes tokens off the ends of texts as the library's strategy "longest_first" does. */

/**
 * How many tokens of each text stay. Of two texts the longer is cut first; where both are longer than half of the room, the longer one gets the odd
 * token, of equal ones the second. Lengths are those that the library sees: it stops tokenising a text when the greatest length is reached, so
 * two long texts mostly count as equal.
 */
export function lengthsFor(room: number, first: number, second: number): [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const [short, long] = shorter > half ? [half, room - half] : [shorter, room - shorter];
  return first > second ? [long, short] : [short, long];
}
