/** Which column is what: by names where they are known, else by what the columns hold. */
import { isAnswer, isTurn } from './chat';
import { isClassLike, isFreeText, type ColumnFacts } from './columns';
import { ANSWER_NAMES, CHAT_NAMES, INDEX_NAMES, LABEL_NAMES, PAIRS, PROMPT_NAMES, TEXT_NAMES, WEAK_LABEL_NAMES, plainName } from './names';
import { listed } from './lines';
import type { Column, Wishes } from '../protocol/tableMessages';
import { NoTable, type Doubt, type Table } from './report';

/** Columns by place from 0. */
export interface Roles {
  text?: number;
  text2?: number;
  label?: number;
  prompt?: number[];
  target?: number;
  /** A column of conversations, or of what is before the one in `reply`. */
  messages?: number;
  /** What is answered to them, where that has a column of its own. */
  reply?: number;
  /** What is said before all turns. */
  system?: number;
  /** What the assistant may call. */
  tools?: number;
}

/** What a column of answers is called beside one of conversations, in the order in which the first that is there is taken. */
const REPLIES = ['completion', 'completions', 'chosen', 'preferred_output', 'response', 'output', 'answer', 'reply', 'assistant', 'target'];

/** A name where it is the column's own, else its number from 1. */
export function columnOf({ names }: Pick<Table, 'names'>, at: number): Column {
  const name = names?.[at];
  return name !== undefined && (names!.indexOf(name) === names!.lastIndexOf(name)) ? name : at + 1;
}

/** @throws NoTable for a column that is not there */
export function placeOf(table: Table, column: Column): number {
  const { names = [], width } = table;
  const exact = names.indexOf(String(column));
  const plain = names.findIndex((name) => plainName(name) === plainName(String(column)));
  const number = /^\d+$/.test(String(column)) ? Number(column) - 1 : -1;
  const at = typeof column === 'number' ? number : exact !== -1 ? exact : plain !== -1 ? plain : number;
  if (!(at >= 0 && at < width)) throw new NoTable(`There is no column ${column}; there ${width === 1 ? 'is' : 'are'} ${names.length > 0 ? listed(names, 20) : `${width}, counted from 1`}.`);
  return at;
}

export function findRoles(table: Table, facts: readonly ColumnFacts[], wishes: Wishes, doubts: Doubt[]): Roles {
  const finder = new Finder(table, facts, doubts, wishes);
  return finder.wished() ?? finder.chat() ?? finder.answers() ?? finder.labelled() ?? finder.written() ?? finder.alone();
}

class Finder {
  readonly #names: string[];
  /** Columns that could be something. */
  readonly #open: ColumnFacts[];

  constructor(readonly table: Table, readonly facts: readonly ColumnFacts[], readonly doubts: Doubt[], readonly wishes: Wishes) {
    this.#names = facts.map(({ name }) => plainName(name ?? ''));
    this.#open = facts.filter((column) => column.filled > 0 && !this.#isIndex(column));
  }

  #isIndex(column: ColumnFacts): boolean {
    const { name = '', isCounting, at } = column;
    if (this.table.indexColumns?.includes(name)) return true;
    const plain = this.#names[at];
    if (INDEX_NAMES.has(plain)) return !isClassLike(column) || column.isCounting || column.whole === column.filled;
    if (isCounting && (this.table.names === undefined || name === '' || /^unnamed/i.test(name) || column.filled > 20)) return !LABEL_NAMES.slice(0, 6).includes(plain);
    return (name === '' || /^unnamed/i.test(name)) && this.table.names !== undefined && column.whole === column.filled && column.values.size === column.filled;
  }

  #byName(name: string): ColumnFacts | undefined {
    return this.#open.find(({ at }) => this.#names[at] === name);
  }

  #column = (at: number): Column => columnOf(this.table, at);

  /** What the caller says, with the rest found around it. */
  wished(): Roles | undefined {
    const { text, text2, label, prompt, target_text: target, problem } = this.wishes;
    const place = (column: Column | null | undefined) => (column === undefined || column === null ? undefined : placeOf(this.table, column));
    if (prompt !== undefined || target !== undefined) {
      const chat = this.chat(prompt?.map((column) => placeOf(this.table, column)), place(target));
      if (chat) return chat;
      const found = this.answers(true) ?? this.written();
      const chosen = prompt?.map((column) => placeOf(this.table, column)) ?? found?.prompt ?? this.#open.filter(({ at }) => at !== place(target)).map(({ at }) => at).slice(0, 1);
      const answer = place(target) ?? found?.target ?? this.#open.find(({ at }) => !chosen.includes(at))?.at;
      if (answer !== undefined) return { prompt: chosen.filter((at) => at !== answer), target: answer };
    }
    if (text !== undefined || label !== undefined || text2 !== undefined) {
      const found = this.labelled(place(label), place(text), text2 === null ? null : place(text2));
      return found ?? { text: place(text), label: place(label) };
    }
    if (problem === 'generation') return this.chat() ?? this.answers(true) ?? this.written();
    if (problem !== undefined) return this.labelled();
    return undefined;
  }

  /** Conversations, whole or in two columns. @param prompt, target the columns that were asked for */
  chat(prompt?: readonly number[], target?: number): Roles | undefined {
    const chats = this.#open.filter(({ at, lists }) => lists > 0 && this.#turnsIn(at) !== undefined);
    const isChat = (at: number | undefined) => chats.some((column) => column.at === at);
    const system = this.#open.find(({ at, strings, filled }) => /^system(_prompt|_message)?$/.test(this.#names[at]) && strings === filled)?.at;
    const tools = this.#open.find(({ at }) => /^(tools|functions)$/.test(this.#names[at]))?.at;
    const roles = (messages: number, reply?: number): Roles => ({
      messages, ...(reply !== undefined && { reply }), target: reply ?? messages, prompt: [...(system === undefined ? [] : [system]), messages], ...(system !== undefined && { system }), ...(tools !== undefined && { tools }),
    });
    const asked = prompt?.find((at) => at !== system);
    if (target !== undefined && asked !== undefined && asked !== target) return isChat(asked) || isChat(target) ? roles(asked, target) : undefined;
    const only = target ?? asked;
    if (only !== undefined && !isChat(only)) return undefined;
    const called = chats.filter(({ at }) => CHAT_NAMES.has(this.#lastName(at)));
    const whole = only ?? [...called, ...chats].find(({ at }) => this.#lastName(at) !== 'prompt' && this.#turnsIn(at)!.endAnswered)?.at;
    if (whole !== undefined && (called.some(({ at }) => at === whole) || only !== undefined)) return roles(whole);
    const reply = REPLIES.map((name) => this.#open.find(({ at }) => this.#lastName(at) === name)).find((column) => column && (isChat(column.at) || chats.length > 0))?.at;
    const before = reply === undefined ? undefined : [...called, ...PROMPT_NAMES.flatMap((name) => this.#open.filter(({ at }) => this.#lastName(at) === name)), ...chats].find(({ at }) => at !== reply && at !== system && this.#lastName(at) !== 'rejected')?.at;
    if (reply !== undefined && before !== undefined && (isChat(reply) || isChat(before))) return roles(before, reply);
    return whole !== undefined ? roles(whole) : chats.length > 0 ? roles((called[0] ?? chats[0]).at) : undefined;
  }

  /** Behind what it lies in: `body.messages` → `messages`. */
  #lastName = (at: number): string => plainName((this.table.names?.[at] ?? '').split('.').at(-1)!);

  /** Whether a column holds conversations, and whether most of them end in an answer. */
  #turnsIn(at: number): { endAnswered: boolean } | undefined {
    const found = this.table.records.slice(0, 50).map(({ cells }) => cells[at]).filter((cell): cell is unknown[] => Array.isArray(cell) && cell.some(isTurn));
    return found.length === 0 ? undefined : { endAnswered: found.filter((turns) => isAnswer(turns.at(-1))).length > found.length / 2 };
  }

  /** Prompts and what is written to them, by their names. */
  answers(isSure = false): Roles | undefined {
    const hasLabel = this.#open.some((column) => LABEL_NAMES.slice(0, 12).includes(this.#names[column.at]) && (isClassLike(column) || column.numbers > column.filled / 2));
    if (hasLabel && !isSure) return undefined;
    for (const [answer, prompts] of ANSWER_NAMES) {
      const target = this.#byName(answer);
      const found = target && prompts.map((name) => this.#byName(name)).filter((column) => column !== undefined && column.at !== target.at) as ColumnFacts[];
      if (!target || !found?.length) continue;
      const isClass = isClassLike(target) && target.values.size <= 20 && target.filled >= 3 * target.values.size && target.length < 25 && target.spaced < target.filled / 2;
      const prompt = PROMPT_NAMES.map((name) => this.#byName(name)).filter((column) => column !== undefined && column.at !== target.at && (found.includes(column) || /^(system|context|input|instruction)/.test(this.#names[column.at]))).map((column) => column!.at);
      if (isClass && !isSure) {
        const classes = { text: this.#column(found[0].at), label: this.#column(target.at), problem: 'classification' as const };
        const texts = { prompt: prompt.map(this.#column), target_text: this.#column(target.at), problem: 'generation' as const };
        const isText = /^(output|completion|response)s?$/.test(answer);
        this.doubts.push({ about: 'kind', question: `${this.#column(target.at)} has only ${target.values.size} different values: are they classes, or texts to be written?`, choices: isText ? [texts, classes] : [classes, texts] });
        if (!isText) return this.labelled(target.at);
      }
      const other = isSure ? undefined : this.#open.find((column) => column !== target && !prompt.includes(column.at) && LABEL_NAMES.includes(this.#names[column.at]) && (isClassLike(column) || column.numbers > column.filled / 2));
      if (other) {
        const [one, two, label] = [found[0].at, target.at, other.at].map(this.#column);
        this.doubts.push({ about: 'kind', question: `Is ${two} to be written, or is ${label} the label of ${one} and ${two}?`, choices: [{ prompt: prompt.map(this.#column), target_text: two }, { text: one, text2: two, label }] });
      }
      return { prompt, target: target.at };
    }
    return undefined;
  }

  /** One or two texts and a label. */
  labelled(wishedLabel?: number, wishedText?: number, wishedSecond?: number | null): Roles | undefined {
    const label = wishedLabel ?? this.#label([wishedText, wishedSecond ?? undefined]);
    if (label === undefined) return undefined;
    const texts = this.#texts(label, wishedText, wishedSecond);
    return texts && { ...texts, label };
  }

  #label(taken: readonly (number | undefined)[]): number | undefined {
    const open = this.#open.filter(({ at }) => !taken.includes(at));
    const couldBe = (column: ColumnFacts) => column.lists + column.objects < column.filled && (isClassLike(column) || column.numbers > column.filled / 2 || column.values.size === 1);
    const strong = LABEL_NAMES.slice(0, 12);
    const isShort = (column: ColumnFacts) => column.length <= 40 && !isFreeText(column) && !WEAK_LABEL_NAMES.has(this.#names[column.at]);
    const named = LABEL_NAMES.flatMap((name) => open.filter((column) => this.#names[column.at] === name && (couldBe(column) || ((strong.includes(name) || isShort(column)) && open.length > 1))))
      .toSorted((a, b) => Number(a.values.size === 1) - Number(b.values.size === 1));
    const endings = named.length > 0 ? [] : open.filter((column) => /(^|_)(label|labels|class|category|sentiment|score|rating)(_|\d|$)|^is_/.test(this.#names[column.at]) && couldBe(column));
    const candidates = named.length > 0 ? named : endings.length > 0 ? endings : this.#labelsByContent(open);
    const [first, ...others] = candidates;
    if (!first) return undefined;
    const isFlag = (column: ColumnFacts) => column.whole === column.filled && column.missing === 0 && [...column.values.keys()].every((value) => value === '0' || value === '1');
    const flags = isFlag(first) && !strong.includes(this.#names[first.at]) ? open.filter((column) => column !== first && !others.includes(column) && isFlag(column)) : [];
    const rivals = [...others, ...flags].filter((other) => couldBe(other) && couldBe(first) && (flags.includes(other) || !this.#areOne(first, other)) && (named.length === 0 || this.#names[other.at] !== 'type')).slice(0, 3);
    if (rivals.length > 0 && this.wishes.label === undefined)
      this.doubts.push({ about: 'columns', question: `Which column is the label: ${[first, ...rivals].map(({ at }) => this.#column(at)).join(' or ')}?`, choices: [first, ...rivals].map(({ at }) => ({ label: this.#column(at) })) });
    return first.at;
  }

  /** Without a name: whole numbers from 0 or 1 first, then words that come again, then numbers. */
  #labelsByContent(open: readonly ColumnFacts[]): ColumnFacts[] {
    if (!open.some(isFreeText) && open.length < 2) return [];
    const numbers = (column: ColumnFacts) => [...column.values.keys()].map(Number);
    const isCodes = (column: ColumnFacts) => column.whole === column.filled && isClassLike(column) && column.values.size <= 20 && numbers(column).every((value) => value >= -2 && value <= 20);
    const isScores = (column: ColumnFacts) => column.numbers > 0.8 * column.filled && !column.isCounting && column.values.size > 2;
    const isMostlyFilled = (column: ColumnFacts) => column.filled > 0.5 * (column.filled + column.missing);
    const rank = (column: ColumnFacts) => (isCodes(column) ? 3 : isClassLike(column) && column.numbers < column.filled / 2 ? 2 : isScores(column) ? 1 : 0) - (column.spaced > column.filled / 2 ? 1 : 0);
    const found = open.filter((column) => isMostlyFilled(column) && !(isFreeText(column) && !isClassLike(column)) && rank(column) > 0);
    return found.toSorted((a, b) => rank(b) - rank(a) || a.values.size - b.values.size || b.at - a.at);
  }

  /** Whether one column says the same as the other in other words. */
  #areOne(a: ColumnFacts, b: ColumnFacts): boolean {
    if (a.values.size !== b.values.size) return false;
    const pairs = new Map<string, string>();
    for (const { cells } of this.table.records.slice(0, 5000)) {
      const [one, other] = [String(cells[a.at]), String(cells[b.at])];
      if ((pairs.get(one) ?? other) !== other) return false;
      pairs.set(one, other);
    }
    return new Set(pairs.values()).size === pairs.size;
  }

  #texts(label: number, wishedText?: number, wishedSecond?: number | null): Pick<Roles, 'text' | 'text2'> | undefined {
    const open = this.#open.filter(({ at, lists, objects, filled }) => at !== label && lists + objects < filled);
    const first = wishedText ?? (wishedSecond === null || wishedSecond === undefined ? undefined : open.find(({ at }) => at !== wishedSecond && (isFreeText(this.facts[at]) || TEXT_NAMES.has(this.#names[at])))?.at);
    if (wishedSecond === null || typeof wishedSecond === 'number') return first === undefined && wishedSecond === null ? { text: this.#texts(label)?.text } : { text: first, ...(typeof wishedSecond === 'number' ? { text2: wishedSecond } : {}) };
    if (first !== undefined) return { text: first };
    const isText = (column: ColumnFacts) => column.numbers < column.filled * 0.5 || TEXT_NAMES.has(this.#names[column.at]);
    const named = open.filter((column) => TEXT_NAMES.has(this.#names[column.at]) && isText(column));
    const pair = PAIRS.map(([a, b]) => [this.#byName(a), this.#byName(b)] as const).find(([a, b]) => a && b && a.at !== label && b.at !== label && isText(a) && isText(b));
    if (pair) return { text: pair[0]!.at, text2: pair[1]!.at };
    const same = named.filter((column) => this.#names[column.at] === this.#names[named[0].at]);
    const free = open.filter((column) => isFreeText(column) && isText(column));
    const best = named.length > 0 ? named : free.length > 0 ? free : open.filter(isText);
    if (best.length === 0) return undefined;
    const byName = (column: ColumnFacts) => ['text', 'sentence', 'review_text', 'review_body', 'review', 'comment_text', 'comment', 'content', 'body', 'tweet', 'message', 'document'].indexOf(this.#names[column.at]);
    const ranked = best.toSorted((a, b) => (named.length > 0 ? (byName(a) + 100) % 100 - (byName(b) + 100) % 100 : 0) || (named.length > 0 || free.length > 1 ? a.at - b.at : b.length - a.length));
    const others = [...ranked.slice(1), ...(named.length > 0 ? free.filter((column) => !named.includes(column)) : [])].filter((column) => isFreeText(column) || named.includes(column));
    if (others.length === 0) return { text: ranked[0].at };
    const isPair = same.length > 1 || named.length === 0;
    const [one, two] = isPair && others.length > 0 ? [ranked[0], same[1] ?? others[0]].toSorted((a, b) => a.at - b.at) : [ranked[0], others[0]];
    if (this.wishes.text === undefined && this.wishes.text2 === undefined) {
      const both = { text: this.#column(one.at), text2: this.#column(two.at) };
      const single = others.concat(ranked[0]).map(({ at }) => ({ text: this.#column(at), text2: null })).toSorted((a) => (a.text === this.#column(ranked[0].at) ? -1 : 0)).slice(0, 3);
      this.doubts.push({ about: 'columns', question: `Which text is learned from: ${[one, two].map(({ at }) => this.#column(at)).join(' and ')} as a pair, or one of them?`, choices: isPair ? [both, ...single] : [single[0], both, ...single.slice(1)] });
    }
    return isPair ? { text: one.at, text2: two.at } : { text: ranked[0].at };
  }

  /** Two texts and no label: the second is written to the first. */
  written(): Roles | undefined {
    const texts = this.#open.filter((column) => isFreeText(column) || column.lists > column.filled / 2 || column.length > 20);
    if (texts.length < 2) return undefined;
    const [first, second] = texts.length === 2 ? texts : texts.toSorted((a, b) => b.length - a.length).slice(0, 2).toSorted((a, b) => a.at - b.at);
    if (this.table.delimiter !== '||') {
      const way = (from: ColumnFacts, to: ColumnFacts) => ({ prompt: [this.#column(from.at)], target_text: this.#column(to.at) });
      this.doubts.push({ about: 'kind', question: `There is no label. Is ${this.#column(second.at)} to be written to ${this.#column(first.at)}, or the other way round?`, choices: [way(first, second), way(second, first)] });
    }
    return { prompt: [first.at], target: second.at };
  }

  /** Nothing but a text: there is nothing to learn to say about it. */
  alone(): Roles {
    const text = this.#open.toSorted((a, b) => b.length - a.length)[0];
    return text ? { text: text.at } : {};
  }
}
