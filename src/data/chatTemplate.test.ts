/** Conversations through chat templates, beside what transformers makes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import referee from '../fixtures/chat/templates.json';
import { inTemplate } from '../train/conversations';
import { tokenLabels } from '../train/languageModel';
import { NOT_SCORED } from '../metrics/outputs';
import { encodeRows } from './batches';
import { chatTemplateOf, type ChatTemplate } from './chatTemplate';
import { inText } from './tableExample';
import { createTokenizer } from './tokenizer';
import { readChatFiles } from './tokenization/files';
import type { Json } from './tokenization/json';

const folder = join(import.meta.dirname, '..', '..', 'public', 'models', 'nano-decoder');
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
const config = json('tokenizer_config.json');
const tokenizer = createTokenizer(json('tokenizer.json'), config);
const templates: Record<string, string> = referee.templates;
const conversations = referee.conversations as unknown as Record<string, { role: string; content: string }[]>;
const template = (source: string): ChatTemplate => chatTemplateOf({ ...config, chat_template: source }, undefined)!;
const example = (name: string) => ({ text: '', label: 0, messages: conversations[name], ...(name === 'tools' && { tools: referee.tools }) });

interface Case { template: string; conversation: string; text?: string; ids?: number[]; scored?: number[]; raises?: string }

describe('a chat template', () => {
  it.each(referee.cases as Case[])('$template: $conversation', ({ template: name, conversation, text, ids, scored, raises }) => {
    const write = () => inText(example(conversation), template(templates[name]));
    if (raises !== undefined) {
      expect(write).toThrow(raises.replace(/[.\s]+$/, ''));
      return;
    }
    const row = write();
    expect(row.text + row.completion).toBe(text);
    const rows = encodeRows(tokenizer, [row], 1000);
    expect([...rows.ids[0]]).toEqual(ids);
    const labels = tokenLabels({ ids: rows.ids[0], lengths: rows.lengths }, rows.scoredFrom!, 0, rows.unscored);
    // Label t stands at t − 1.
    const found = Array.from(labels, (label, at) => (label === NOT_SCORED ? -1 : at + 1)).filter((at) => at >= 0);
    if (scored) expect(found).toEqual(scored);
    else expect(tokenizer.decode(Uint32Array.from(found.filter((at) => at >= rows.scoredFrom![0]), (at) => ids![at]))).toContain(conversations[conversation].at(-1)!.content);
  });

  it('scores earlier answers too where they are written otherwise once more follow', () => {
    const { text, completion, scored } = inText(example('several'), template(templates['reasoning of earlier turns left out']));
    expect(scored!.map(([from, to]) => (text + completion).slice(from, to))).toEqual([' No.\n<|im_end|>\n', '<think>\n\n</think>\n\nIt is cold now, and "dull".<|im_end|>\n']);
  });

  it.each(['generation tags', 'reasoning of earlier turns left out'])('scores no answers of a prompt: %s', (name) => {
    const turns = conversations.several;
    const given = turns.length - 1;
    const { text, scored } = template(templates[name]).render(turns, undefined, given);
    const all = template(templates[name]).render(turns).scored;
    expect(scored).toEqual([all.at(-1)]);
    expect(all.length).toBeGreaterThan(1);
    expect(text.slice(...scored[0])).toContain(turns.at(-1)!.content);
  });

  it('is taken from chat_template.jinja first, or a list, with tokens of special_tokens_map.json', async () => {
    const files: Record<string, string> = { 'tokenizer_config.json': '{"bos_token": null, "chat_template": "config"}', 'special_tokens_map.json': '{"bos_token": {"content": "<b>"}}', 'chat_template.jinja': '{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}' };
    const { config: read, jinja } = await readChatFiles((file) => Promise.resolve(new TextEncoder().encode(files[file])), Object.keys(files));
    const turns = [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }];
    expect(chatTemplateOf(read, jinja)!.render(turns)).toEqual({ text: '<b>ab', promptEnd: 4, scored: [[4, 5]] });
    expect(chatTemplateOf({ chat_template: [{ name: 'tool_use', template: 'x' }, { name: 'default', template: '{% for m in messages %}{{ m.content }}{% endfor %}' }] }, undefined)!.render(turns).text).toBe('ab');
    expect(chatTemplateOf(config, undefined)).toBeUndefined();
  });

  it('that is none, or takes no conversation, gives a sentence', () => {
    expect(() => template('{% for m in messages %}{{ m.content }}')).toThrow(/^tokenizer_config\.json: chat_template cannot be read \(.+\); take the file of the model again/);
    expect(() => template('always the same').render(conversations['one answer'])).toThrow('it cannot be told which part');
    const examples = { train: [example('one answer'), example('several')], validation: [example('one answer')], test: [example('one answer')] };
    const { examples: kept, conversations: said } = inTemplate(examples, template(templates['no system']));
    expect(kept.train).toHaveLength(1);
    expect(said).toEqual({ template: true, refused: 1, said: expect.stringContaining('A system turn is not supported') });
    expect(() => inTemplate({ ...examples, test: [example('several')] }, template(templates['no system']))).toThrow(expect.objectContaining({ fault: { code: 'bad_config', problems: [expect.stringContaining('none of the 1 test rows can be used')] } }));
  });
});
