import { describe, expect, it } from 'vitest';
import { checkIds, readTokenizer } from './files';
import { createPipeline } from './pipeline';

const reader = (files: Record<string, string | object>) => (file: string) => {
  if (!(file in files)) return Promise.reject(new Error(`${file}: not there`));
  const content = files[file];
  return Promise.resolve(new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)).buffer as ArrayBuffer);
};
const pipelineOf = async (files: Record<string, string | object>) => createPipeline((await readTokenizer(reader(files))).tokenizerJson);

const VOCAB_TXT = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'cafe', 'café', 'Cafe', 'the', '##s', '中', '中国'].join('\n');
const BYTE_VOCAB = { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, '<mask>': 4, 'a': 5, 'b': 6, 'Ġ': 7, 'Ġa': 8, '<|endoftext|>': 9 };
const MERGES = '#version: 0.2\nĠ a\n';

it('finds padding and end where older repositories name them', async () => {
  const model = { type: 'BPE', vocab: { a: 0, b: 1, '<|endoftext|>': 2, '[PAD]': 3 }, merges: [] };
  const namesIn = async (files: Record<string, string | object>) => {
    const { tokenizerConfig: { pad_token: pad, eos_token: end } } = await readTokenizer(reader({ 'tokenizer.json': { model, added_tokens: [{ id: 2, content: '<|endoftext|>' }] }, ...files }));
    return [pad, end];
  };
  expect(await namesIn({ 'tokenizer_config.json': { pad_token: 'a', eos_token: 'b' }, 'special_tokens_map.json': { pad_token: 'b' } })).toEqual(['a', 'b']);
  expect(await namesIn({ 'special_tokens_map.json': { pad_token: 'b' }, 'config.json': { pad_token_id: 0, eos_token_id: 2 } })).toEqual(['b', '<|endoftext|>']);
  expect(await namesIn({ 'config.json': { pad_token_id: 3, eos_token_id: 'none' } })).toEqual(['[PAD]', undefined]);
  expect(await namesIn({ 'config.json': { eos_token_id: 2 } })).toEqual([undefined, '<|endoftext|>']);
});

// Ids as transformers 5.18 gives them for these files.
describe('a tokenizer made of a vocabulary', () => {
  it('is BERT\'s with vocab.txt, lower-cased and without accents unless tokenizer_config.json says otherwise', async () => {
    expect((await pipelineOf({ 'vocab.txt': VOCAB_TXT })).row('The CAFÉS 中国 [MASK]', 'the', 32).ids).toEqual([2, 8, 5, 9, 10, 1, 4, 3, 8, 3]);
    const cased = await pipelineOf({ 'vocab.txt': `${VOCAB_TXT}\n`, 'tokenizer_config.json': { tokenizer_class: 'BertTokenizerFast', do_lower_case: false, strip_accents: true, tokenize_chinese_chars: false } });
    expect(cased.row('Cafés café 中国', undefined, 32).ids).toEqual([2, 7, 9, 5, 11, 3]);
    expect(cased.idCount).toBe(12);
  });

  it('is RoBERTa\'s or GPT-2\'s with vocab.json and merges.txt, as the class or the model says', async () => {
    const files = { 'vocab.json': BYTE_VOCAB, 'merges.txt': MERGES };
    const roberta = await pipelineOf({ ...files, 'tokenizer_config.json': { tokenizer_class: 'RobertaTokenizer' } });
    expect(roberta.row('a a<mask>', 'b', 32).ids).toEqual([0, 5, 8, 4, 2, 2, 6, 2]);
    const prefixed = await pipelineOf({ ...files, 'config.json': { model_type: 'roberta' }, 'tokenizer_config.json': { add_prefix_space: true } });
    expect(prefixed.row('a', undefined, 32).ids).toEqual([0, 8, 2]);
    const gpt2 = await pipelineOf({ ...files, 'tokenizer_config.json': { tokenizer_class: 'GPT2Tokenizer' } });
    expect(gpt2.row('a a<|endoftext|>', 'b', 32).ids).toEqual([5, 8, 9, 6]);
    const begun = await pipelineOf({ ...files, 'tokenizer_config.json': { tokenizer_class: 'GPT2Tokenizer', add_bos_token: true } });
    expect(begun.row('a', 'b', 32).ids).toEqual([9, 5, 9, 6]);
  });

  it('takes flags of added tokens from tokenizer_config.json and gives new ones the next ids', async () => {
    const pipeline = await pipelineOf({
      'vocab.txt': VOCAB_TXT,
      'tokenizer_config.json': { added_tokens_decoder: { 12: { content: '<new>', lstrip: true, normalized: false, special: false } }, additional_special_tokens: ['<extra>'], mask_token: { content: '[MASK]', lstrip: true } },
    });
    expect(pipeline.row('the <new> <extra> [MASK]', undefined, 32).ids).toEqual([2, 8, 12, 13, 4, 3]);
  });

  it('has the tokens that its class names where tokenizer_config.json does not', async () => {
    const { tokenizerConfig } = await readTokenizer(reader({ 'vocab.txt': VOCAB_TXT }));
    expect(tokenizerConfig.pad_token).toBe('[PAD]');
  });
});

describe('what is refused, with what to do', () => {
  it.each([
    [{ 'tokenizer.model': 'binary' }, /SentencePiece's own file is not read[^]*\nfrom transformers import AutoTokenizer\n[^\n]*\n[^\n]*save_pretrained/],
    [{ 'vocab.json': BYTE_VOCAB }, /merges\.txt: it is missing/],
    [{ 'vocab.json': BYTE_VOCAB, 'merges.txt': 'a b c' }, /merge 1 is not a pair \("a b c"\)/],
    [{ 'vocab.json': { a: 0 }, 'merges.txt': '' }, /nothing says which tokenizer this is; add a tokenizer_config\.json/],
    [{ 'vocab.txt': VOCAB_TXT, 'tokenizer_config.json': { tokenizer_class: 'MPNetTokenizer' } }, /how MPNetTokenizer makes a tokenizer of it is not known/],
    [{ 'tokenizer.json': '{' }, /tokenizer\.json: it is not JSON/],
    [{ 'tokenizer.json': '[]' }, /tokenizer\.json: it is not a JSON object/],
    [{}, /tokenizer\.json: not there/],
  ])('%j', async (files, sentence) => {
    await expect(pipelineOf(files)).rejects.toThrow(sentence);
  });

  it('ids that the model has no rows for, with both numbers', () => {
    expect(() => checkIds(12, 12)).not.toThrow();
    expect(() => checkIds(12, 11)).toThrow(/\(11 of 11 rows/);
  });
});
