/** Lists and dictionaries as text in a cell: JSON, or what Python and NumPy print (`[{'role': 'user', 'content': 'Hi'}]`). */

/** @returns what the text says; undefined where it is neither a list nor an object, or cannot be read */
export function readPrinted(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{"]/.test(trimmed) || !/[\]}"]$/.test(trimmed)) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    // Written as JSON twice over.
    return typeof value === 'string' ? readPrinted(value) : value;
  } catch {
    return trimmed.startsWith('"') ? undefined : readPython(trimmed);
  }
}

function readPython(text: string): unknown {
  try {
    const reader = new PythonReader(text);
    const value = reader.value();
    return reader.isAtEnd() ? value : undefined;
  } catch {
    return undefined; // Not what Python prints either.
  }
}

const WORDS: Record<string, unknown> = { None: null, True: true, False: false, null: null, true: true, false: false, nan: null, NaN: null };
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0', '\n': '' };
const CODES: Record<string, number> = { x: 2, u: 4, U: 8 };

class PythonReader {
  #at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.#skip();
    return this.#at >= this.text.length;
  }

  /** @throws Error where the text is none */
  value(): unknown {
    this.#skip();
    const letter = this.text[this.#at];
    if (letter === '[' || letter === '(') return this.#list(letter === '[' ? ']' : ')');
    if (letter === '{') return this.#dictionary();
    if (letter === "'" || letter === '"') return this.#string(letter);
    const [word] = /^[\w.+-]+/.exec(this.text.slice(this.#at, this.#at + 60)) ?? [''];
    this.#at += word.length;
    if (word in WORDS) return WORDS[word];
    if (/^array$/.test(word)) return this.#array();
    if (word === '' || Number.isNaN(Number(word))) throw new Error('no value');
    return Number(word);
  }

  #skip(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
  }

  #takes(letter: string): boolean {
    this.#skip();
    if (this.text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }

  /** NumPy leaves the commas out. */
  #list(end: string): unknown[] {
    this.#at++;
    const list: unknown[] = [];
    while (!this.#takes(end)) {
      list.push(this.value());
      this.#takes(',');
    }
    return list;
  }

  #dictionary(): Record<string, unknown> {
    this.#at++;
    const entries: [string, unknown][] = [];
    while (!this.#takes('}')) {
      const key = String(this.value());
      if (!this.#takes(':')) throw new Error('no colon');
      entries.push([key, this.value()]);
      this.#takes(',');
    }
    return Object.fromEntries(entries);
  }

  /** `array([…], dtype=object)`. */
  #array(): unknown {
    if (!this.#takes('(')) throw new Error('no bracket');
    const list = this.value();
    const end = this.text.indexOf(')', this.#at);
    if (end === -1 || !/^\s*(,\s*dtype\s*=\s*[\w.'<>]+\s*)?,?\s*$/.test(this.text.slice(this.#at, end))) throw new Error('no array');
    this.#at = end + 1;
    return list;
  }

  #string(quote: string): string {
    let string = '';
    for (let from = ++this.#at; ; ) {
      const letter = this.text[this.#at];
      if (letter === undefined) throw new Error('a string without its end');
      if (letter === quote) {
        string += this.text.slice(from, this.#at++);
        return string;
      }
      if (letter !== '\\') {
        this.#at++;
        continue;
      }
      string += this.text.slice(from, this.#at) + this.#escaped(this.text[this.#at + 1]);
      from = this.#at;
    }
  }

  #escaped(letter: string): string {
    const digits = CODES[letter];
    const code = digits === undefined ? undefined : this.text.slice(this.#at + 2, this.#at + 2 + digits);
    this.#at += 2 + (digits ?? 0);
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    return ESCAPES[letter] ?? (/[\\'"]/.test(letter) ? letter : `\\${letter}`);
  }
}
