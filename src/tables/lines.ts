/** Lines as an editor counts them. */

/** How many breaks of each style a text has. */
export interface Breaks {
  crlf: number;
  lf: number;
  /** Carriage returns without a line feed behind. */
  cr: number;
}

export function countBreaks(text: string): Breaks {
  let [crlf, lf, cr] = [0, 0, 0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) === 13) crlf++;
    else lf++;
  }
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) if (text.charCodeAt(at + 1) !== 10) cr++;
  return { crlf, lf, cr };
}

/** How the report names the style: escapes as one writes them, `none` for a single line. */
export function nameOfBreaks({ crlf, lf, cr }: Breaks): string {
  const styles = ([[crlf, '\\r\\n'], [lf, '\\n'], [cr, '\\r']] as const).filter(([count]) => count > 0).map(([, name]) => name);
  if (styles.length === 0) return 'none';
  return styles.length === 1 ? styles[0] : `mixed (${styles.join(' and ')})`;
}

/** Counts lines while somebody walks on through a text, so that each character is looked at once. */
export class LineCounter {
  #at = 0;
  #line = 1;
  readonly #text: string;
  readonly #end: string;

  /** @param end the character that ends a line: `\n` (which ends `\r\n` too) or `\r` */
  constructor(text: string, end: '\n' | '\r') {
    this.#text = text;
    this.#end = end;
  }

  /** Line of the character at `offset`, which is not before the last one asked for. */
  lineAt(offset: number): number {
    for (let next = this.#text.indexOf(this.#end, this.#at); next !== -1 && next < offset; next = this.#text.indexOf(this.#end, this.#at)) {
      this.#line++;
      this.#at = next + 1;
    }
    return this.#line;
  }
}

/** 1 field, 2 fields. */
export const count = (many: number, one: string, several = `${one}s`): string => `${many} ${many === 1 ? one : several}`;

/** Enumerates: "a", "a and b", "a, b and c"; of more than `most` the rest is counted. */
export function listed(parts: readonly (string | number)[], most = 8): string {
  const shown = parts.length > most ? [...parts.slice(0, most - 1), `${parts.length - most + 1} more`] : parts;
  return shown.length < 2 ? String(shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
