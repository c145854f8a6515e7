/** Word edit distance within a beam around the diagonal, with the operations that lead there: the inner part of TER, as sacreBLEU's port of Tercom has it. */

/** Rewriting text into reference: keep, substitute, insert a word of the reference, delete one of the text. */
export type Operation = 'keep' | 'substitute' | 'insert' | 'delete';

const BEAM = 25;

export interface Edits {
  distance: number;
  operations: Operation[];
}

/** Among equal ways keeping or substituting goes first, then deleting, then inserting: which shifts TER tries follows from it. */
export function edits(words: readonly string[], reference: readonly string[]): Edits {
  const [rows, columns] = [words.length, reference.length];
  const cost = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1).fill(Infinity));
  const how: (Operation | undefined)[][] = Array.from({ length: rows + 1 }, () => new Array<Operation | undefined>(columns + 1));
  for (let j = 0; j <= columns; j++) {
    cost[0][j] = j;
    how[0][j] = 'insert';
  }
  const ratio = rows > 0 ? columns / rows : 1;
  // Where lengths differ wildly a fixed beam would lose the diagonal.
  const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM;
  for (let i = 1; i <= rows; i++) {
    const diagonal = Math.floor(i * ratio);
    const end = i === rows ? columns + 1 : Math.min(columns + 1, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      const reach = (value: number, operation: Operation) => {
        if (value >= cost[i][j]) return;
        cost[i][j] = value;
        how[i][j] = operation;
      };
      if (j === 0) {
        cost[i][0] = cost[i - 1][0] + 1;
        how[i][0] = 'delete';
        continue;
      }
      const same = words[i - 1] === reference[j - 1];
      reach(cost[i - 1][j - 1] + (same ? 0 : 1), same ? 'keep' : 'substitute');
      reach(cost[i - 1][j] + 1, 'delete');
      reach(cost[i][j - 1] + 1, 'insert');
    }
  }
  const operations: Operation[] = [];
  for (let i = rows, j = columns; i > 0 || j > 0;) {
    const operation = how[i][j]!;
    operations.push(operation);
    if (operation !== 'insert') i--;
    if (operation !== 'delete') j--;
  }
  return { distance: cost[rows][columns], operations: operations.reverse() };
}
