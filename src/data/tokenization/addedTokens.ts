/** Tokens that are found in a text before the model sees it: special ones, and those added after training. */
import { type Json, partsOf, tokenText } from './json';
import type { Model } from './models/model';
import type { Normalizer } from './normalizers';
import type { Piece } from './piece';
import { WORD } from './unicode';

export interface AddedToken {
  content: string;
  singleWord: boolean;
  stripLeft: boolean;
  stripRight: boolean;
  normalized: boolean;
  special: boolean;
}

const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u');

interface Node { next: Map<string, Node>; id?: number; length: number }

/** Finds, from the left, the longest of its contents. */
class Finder {
  private readonly root: Node = { next: new Map(), length: 0 };

  /** Of two equal contents the first stays. */
  add(content: string, id: number): void {
    let node = this.root;
    for (const unit of content.split('')) {
      let next = node.next.get(unit);
      if (!next) node.next.set(unit, (next = { next: new Map(), length: node.length + 1 }));
      node = next;
    }
    node.id ??= id;
  }

  /** The longest content at a position. */
  at(text: string, from: number): { id: number; to: number } | undefined {
    let found: { id: number; to: number } | undefined;
    let node: Node | undefined = this.root;
    for (let at = from; node; at++) {
      if (node.id !== undefined) found = { id: node.id, to: at };
      node = at < text.length ? node.next.get(text[at]) : undefined;
    }
    return found;
  }
}

/** A piece of text, or the id of an added token in its place. */
export type Section = Piece | number;

export class AddedTokens {
  private readonly ids = new Map<string, number>();
  private readonly tokens = new Map<number, AddedToken>();
  private readonly plain = new Finder();
  private readonly afterNormalizing = new Finder();

  /** @param added `added_tokens` of tokenizer.json. Its ids are not read: as in the library a token has that of the vocabulary, else the next free one. */
  constructor(added: unknown, private readonly model: Model, private readonly normalizer: Normalizer | undefined) {
    const special: AddedToken[] = [];
    const others: AddedToken[] = [];
    for (const token of partsOf(added).map(readToken)) {
      if (token.content === '') continue;
      const known = special.some(({ content }) => content === token.content);
      if (token.special && !known) special.push(token);
      this.give(token);
      if (!token.special && !known) others.push(token);
    }
    for (const token of [...special, ...others]) {
      const id = this.ids.get(token.content)!;
      if (token.normalized) this.afterNormalizing.add(normalizer?.({ text: token.content, first: true }).text ?? token.content, id);
      else this.plain.add(token.content, id);
    }
  }

  private give(token: AddedToken): void {
    let id = this.ids.get(token.content) ?? this.model.idOf(token.content);
    if (id === undefined) {
      id = this.model.size;
      for (const taken of this.ids.values()) id = Math.max(id, taken + 1);
    }
    this.ids.set(token.content, id);
    this.tokens.set(id, token);
  }

  idOf(content: string): number | undefined {
    return this.ids.get(content);
  }

  get(id: number): AddedToken | undefined {
    return this.tokens.get(id);
  }

  /** All of them by their ids. */
  all(): ReadonlyMap<number, AddedToken> {
    return this.tokens;
  }

  /** First the tokens that are looked for in the text as it came, then the rest is normalised and searched for the others. */
  split(text: string): Section[] {
    return this.extract({ text, first: true }, this.plain).flatMap((section) => {
      if (typeof section === 'number') return [section];
      return this.extract(this.normalizer?.(section) ?? section, this.afterNormalizing);
    });
  }

  private extract({ text, first }: Piece, finder: Finder): Section[] {
    const sections: Section[] = [];
    let done = 0;
    const push = (from: number, to: number) => {
      if (from < to) sections.push({ text: text.slice(from, to), first: first && from === 0 });
    };
    for (let at = 0; at < text.length;) {
      const found = finder.at(text, at);
      if (!found || found.to === at) {
        at++;
        continue;
      }
      let [from, to] = [at, found.to];
      at = found.to;
      const token = this.tokens.get(found.id)!;
      if (token.singleWord && (ENDS_WITH_WORD.test(text.slice(0, from)) || STARTS_WITH_WORD.test(text.slice(to)))) continue;
      if (token.stripLeft) from = Math.max(done, text.slice(0, from).replace(/\p{White_Space}+$/u, '').length);
      if (token.stripRight) to += /^\p{White_Space}*/u.exec(text.slice(to))![0].length;
      push(done, from);
      sections.push(found.id);
      done = to;
    }
    push(done, text.length);
    return sections;
  }
}

function readToken(token: Json): AddedToken {
  return {
    content: tokenText(token) ?? '',
    singleWord: token.single_word === true,
    stripLeft: token.lstrip === true,
    stripRight: token.rstrip === true,
    normalized: token.normalized === undefined ? token.special !== true : token.normalized === true,
    special: token.special === true,
  };
}
