/** A model's own chat template: a conversation → the text that the model knows conversations in, and which parts of it the assistant says. */
import { Template } from '@huggingface/jinja';
import type { Turn } from '../tables/chat';
import { isObject, type Json, tokenText } from './tokenization/json';

export interface Rendered {
  text: string;
  /** Where the last answer begins: what is before it is the prompt, what the model begins to write behind included. */
  promptEnd: number;
  /** What is scored: ranges of characters in order, [from, to), at least one. */
  scored: [number, number][];
}

export interface ChatTemplate {
  /**
   * @param turns the last of which is the assistant's
   * @param tools descriptions of what the assistant may call, where the file has them
   * @param given so many turns at the beginning are no answers to be learned, whoever says them
   * @throws Error with what the template says against the conversation, or where it cannot be told what the assistant says
   */
  render(turns: readonly Turn[], tools?: readonly unknown[], given?: number): Rendered;
}

/** Around what the assistant says, while a template with `{% generation %}` is rendered; noncharacters, which no text holds. */
const [BEGIN, END] = ['\uFDD0', '\uFDD1'];
const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;

/**
 * `{% generation %}` … `{% endgeneration %}` with marks inside. Each tag becomes two, so that the spaces and line breaks at either side are taken
 * away as they are around any tag.
 */
const withMarks = (source: string): string => source
  .replace(/\{%(-?)\s*generation\s*(-?)%\}/g, (_, left: string, right: string) => `{%${left} if true %}{{ "${BEGIN}" }}{% if true ${right}%}`)
  .replace(/\{%(-?)\s*endgeneration\s*(-?)%\}/g, (_, left: string, right: string) => `{%${left} endif %}{{ "${END}" }}{% endif ${right}%}`);

/** What a tokenizer's files say: chat_template.jinja before tokenizer_config.json, whose field is a text, or a list of which `default` counts. */
function sourceOf({ chat_template: given }: Json, jinja: string | undefined): string | undefined {
  if (jinja !== undefined) return jinja;
  if (typeof given === 'string') return given;
  const named = Array.isArray(given) ? given.filter(isObject) : [];
  const { template } = named.find(({ name }) => name === 'default') ?? named[0] ?? {};
  return typeof template === 'string' ? template : undefined;
}

/**
 * @param config tokenizer_config.json, with the names of special tokens
 * @param jinja chat_template.jinja, where there is one
 * @returns undefined where the model has no template
 * @throws Error with a sentence where it has one that is none
 */
export function chatTemplateOf(config: Json, jinja: string | undefined): ChatTemplate | undefined {
  const source = sourceOf(config, jinja);
  if (source === undefined || source.trim() === '') return undefined;
  const file = jinja === undefined ? 'tokenizer_config.json: chat_template' : 'chat_template.jinja';
  const isMarked = /\{%-?\s*generation\s*-?%\}/.test(source);
  let template: Template;
  try {
    template = new Template(withMarks(source));
  } catch (error) {
    throw new Error(`${file} cannot be read (${sentenceOf(error)}); take the file of the model again, or a model without one.`);
  }
  const tokens = Object.fromEntries(NAMED.flatMap((name) => (tokenText(config[name]) === undefined ? [] : [[name, tokenText(config[name])!]])));
  const write = (turns: readonly Turn[], tools: readonly unknown[] | undefined, asks: boolean): string => {
    try {
      return template.render({ ...tokens, messages: structuredClone(turns), tools: tools ?? null, documents: null, add_generation_prompt: asks });
    } catch (error) {
      throw new Error(`the model's chat template does not take this conversation (${sentenceOf(error)})`);
    }
  };
  return { render: (turns, tools, given = 0) => (isMarked ? markedText : foundText)(turns, (some, asks) => write(some, tools, asks), given) };
}

const sentenceOf = (error: unknown): string => (error as Error).message.split('\n')[0].replace(/[.\s]+$/, '').slice(0, 300);

type Write = (turns: readonly Turn[], asks: boolean) => string;
const UNTOLD = 'it cannot be told which part of what the model\'s chat template makes of this conversation the assistant says';

/** What the template itself says is generated. */
function markedText(turns: readonly Turn[], write: Write, given: number): Rendered {
  const marked = write(turns, false);
  // Parts of the given turns, in which an answer may have several.
  let before = turns.slice(0, given).some(({ role }) => role === 'assistant') ? write(turns.slice(0, given), false).split(BEGIN).length - 1 : 0;
  const scored: [number, number][] = [];
  let text = '';
  for (const [index, piece] of marked.split(BEGIN).entries()) {
    const [said, after] = index === 0 ? ['', piece] : piece.split(END);
    if (index > 0 && before > 0) before--;
    else if (said !== '') scored.push([text.length, text.length + said.length]);
    text += said + (after ?? '');
  }
  if (scored.length === 0) return foundText(turns, (some, asks) => write(some, asks).replaceAll(BEGIN, '').replaceAll(END, ''), given);
  const [from] = scored[scored.length - 1];
  return { text, promptEnd: from, scored };
}

/**
 * Each answer begins where the turns before it end, with what the template asks the model to go on from, and ends where the turns up to it end. Of
 * templates that write a turn in another way once more follow (Qwen3 leaves reasoning out), the answer's own text is looked for instead.
 */
function foundText(turns: readonly Turn[], write: Write, given: number): Rendered {
  const text = write(turns, false);
  const last = turns.length - 1;
  const scored: [number, number][] = [];
  for (const [index, { role, content }] of turns.entries()) {
    if (role !== 'assistant' || index < given) continue;
    const least = scored.at(-1)?.[1] ?? 0;
    const range = rangeOf(text, write(turns.slice(0, index), true), index === last ? text : write(turns.slice(0, index + 1), false), content, least);
    if (range) scored.push(range);
    else if (index === last) throw new Error(UNTOLD);
  }
  const [from, to] = scored[scored.length - 1];
  if (to < text.length) throw new Error(UNTOLD);
  return { text, promptEnd: from, scored };
}

function rangeOf(text: string, before: string, through: string, content: string, least: number): [number, number] | undefined {
  const said = content.trim();
  const isPrefix = text.startsWith(before) && before.length >= least;
  if (isPrefix && text.startsWith(through) && through.length > before.length) return [before.length, through.length];
  const at = said === '' ? -1 : text.indexOf(said, isPrefix ? before.length : least);
  if (at < 0) return undefined;
  const from = isPrefix ? before.length : at;
  if (through === text) return [from, text.length];
  // What the template writes behind an answer: its end token, most of the time.
  const tail = through.slice(through.lastIndexOf(said) + said.length);
  const to = at + said.length;
  return [from, text.startsWith(tail, to) ? to + tail.length : to];
}
