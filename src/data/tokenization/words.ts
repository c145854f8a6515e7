/**
 * Word characters in Oniguruma's sense. The translator takes \w for letters, marks, all numbers and connectors; Oniguruma has alphabetic characters
 * and decimal digits in their place, and outside of brackets Latin-1's superscripts and fractions too. So the classes are written out before it.
 */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';
const OUTSIDE = `${WORD}²³¹¼-¾`;
const [IS, IS_NOT] = [`[${OUTSIDE}]`, `[^${OUTSIDE}]`];

const WRITTEN_OUT: Record<string, string> = {
  w: IS,
  W: IS_NOT,
  b: `(?:(?<!${IS})(?=${IS})|(?<=${IS})(?!${IS}))`,
  B: `(?:(?<!${IS})(?!${IS})|(?<=${IS})(?=${IS}))`,
};
const IN_BRACKETS: Record<string, string> = { w: WORD, W: `[^${WORD}]` };

/** The expression with \w, \W, \b and \B written out. */
export function writeOutWords(expression: string): string {
  let [written, depth] = ['', 0];
  for (let i = 0; i < expression.length; i++) {
    const character = expression[i];
    if (character === '\\') {
      const next = expression[++i] ?? '';
      written += (depth > 0 ? IN_BRACKETS : WRITTEN_OUT)[next] ?? `\\${next}`;
      continue;
    }
    if (character === '[') depth++;
    else if (character === ']' && depth > 0) depth--;
    written += character;
  }
  return written;
}
