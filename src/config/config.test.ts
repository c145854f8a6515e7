import { describe, expect, it } from 'vitest';
import { activePositions, DEFAULT_CONFIG, PLAN_FIELDS, type RunConfig, UNIFORM_FIELDS } from './config';
import { BUILT_IN, BUILT_IN_NAMES } from './models';
import { configNotes, configProblems } from './problems';
import { TASK_NAMES } from './tasks';

/** The default configuration with one field, given as a path, set to something else. */
function withField(path: string, value: unknown): RunConfig {
  const config = structuredClone(DEFAULT_CONFIG);
  const names = path.split('.');
  const last = names.pop()!;
  const owner = names.reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, config as unknown as Record<string, unknown>);
  owner[last] = value;
  return config;
}

describe('configuration problems', () => {
  it('finds none in the default', () => {
    expect(configProblems(DEFAULT_CONFIG)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['data.source', 'poetry', `data: unknown task "poetry"; choose one of ${TASK_NAMES.join(', ')}, or a table of your own`],
    ['data.source', 'local:mine.tsv#0123456789abcdef', 'data: nothing says how mine.tsv is read; open it as a table of your own'],
    ['data.noise', 1.1, 'data: label noise 1.1; choose a share from 0 to 1'],
    ['data.noise', NaN, 'data: label noise NaN; choose a share from 0 to 1'],
    ['model.source', 'giant', `model: no model is called "giant" here; choose ${BUILT_IN_NAMES.join(', ')}, or one of another source (docs/models.md)`],
    ['model.rank', 0, 'LoRA: rank 0; choose a whole number from 1 to 256'],
    ['model.rank', 2.5, 'LoRA: rank 2.5; choose a whole number from 1 to 256'],
    ['model.alpha', 0, 'LoRA: α 0; choose a number above 0'],
    ['model.alpha', Infinity, 'LoRA: α Infinity; choose a number above 0'],
    ['model.targets', [], 'LoRA: no target is chosen; choose at least one of q, k, v, o, up, down'],
    ['model.targets', ['q', 'gate'], 'LoRA: nano-encoder has no target "gate"; choose among q, k, v, o, up, down'],
    ['model.peft', 'magic', 'method: unknown method "magic"; choose one of lora, rslora, dora, loraplus, pissa, prompt, prefix, adapter, bitfit, full'],
    ['model.fromLayer', 2, 'LoRA: from layer 2 of a model with layers 0 to 1; choose one of those'],
    ['dropout', { hidden: { p: 1, pattern: 'element' } }, 'dropout at hidden: rate 1 is outside 0 ≤ p < 1; choose a rate below 1'],
    ['consistency.alpha', -1, 'consistency: α -1; choose a number from 0 up'],
    ['consistency.alpha', Infinity, 'consistency: α Infinity; choose a number from 0 up'],
    ['consistency.kind', 'mse', 'consistency: "mse" compares single outputs; choose kl, js_paper or jsd for a classification or for text'],
    ['consistency.every', 0, 'consistency: every 0 steps; choose a whole number from 1 to 10000'],
    ['optimizer.accumulation', 0, 'optimizer: 0 batches a step; choose a whole number from 1 to 256'],
    ['optimizer.l1', -1, 'optimizer: L1 penalty -1; choose a number from 0 up'],
    ['optimizer.neftune', NaN, 'optimizer: NEFTune α NaN; choose a number from 0 up'],
    ['optimizer.learningRate', -1e-3, 'optimizer: learning rate -0.001; choose a number from 0 up'],
    ['optimizer.batchSize', 0, 'optimizer: batch of 0 rows; choose a whole number from 1 to 4096'],
    ['optimizer.batchSize', 512, 'optimizer: batch of 512 rows from 192 training rows; lower the batch or raise the rows'],
    ['optimizer.warmup', -1, 'optimizer: -1 warm-up steps of 200; choose a whole number from 0 to 200'],
    ['optimizer.warmup', 201, 'optimizer: 201 warm-up steps of 200; choose a whole number from 0 to 200'],
    ['optimizer.weightDecay', NaN, 'optimizer: weight decay NaN; choose a number from 0 up'],
    ['optimizer.clip', -1, 'optimizer: clip at -1; choose a norm above 0, or 0 for none'],
    ['optimizer.smoothing', 1, 'optimizer: label smoothing 1; choose 0 ≤ ε < 1'],
    ['evaluation.every', 0, 'evaluation: every 0 steps; choose a whole number from 1 up'],
    ['seed', 2 ** 32, 'seed: 4294967296; choose a whole number from 0 to 4294967295'],
    ['seed', -1, 'seed: -1; choose a whole number from 0 to 4294967295'],
  ])('%s = %o', (path, value, sentence) => {
    expect(configProblems(withField(path, value))).toEqual([sentence]);
  });

  it('says that rows are too few, and that the batch does not fit them', () => {
    expect(configProblems(withField('data.rows', 1))[0]).toBe('data: 1 training rows; choose a whole number from 2 to 100000');
  });

  it('says that there is no step, and that the warm-up does not fit', () => {
    expect(configProblems(withField('optimizer.steps', 0))[0]).toBe('optimizer: 0 steps; choose a whole number from 1 to 1000000');
  });

  it('wants mse, and nothing else, for a regression', () => {
    const regression = withField('data.source', 'similarity');
    const withKind = (kind: RunConfig['consistency']['kind']) => configProblems({ ...regression, consistency: { ...regression.consistency, kind } });
    expect(withKind('none')).toEqual([]);
    expect(withKind('mse')).toEqual([]);
    for (const kind of ['kl', 'js_paper', 'jsd'] as const) {
      expect(withKind(kind)).toEqual([`consistency: "${kind}" compares distributions, a regression has none; choose mse`]);
    }
  });

  it('knows the depth of the model', () => {
    const config = withField('dropout', { hidden: { p: 0.1, pattern: 'element', fromLayer: 3 } });
    expect(configProblems(config, { ...BUILT_IN['nano-encoder'], layers: 4 })).toEqual([]);
    expect(configProblems(config, { ...BUILT_IN['nano-encoder'], layers: 2 })).toHaveLength(1);
    // Of a model that nobody has looked at yet, nothing is said that depends on it.
    const unknown = { ...config, model: { ...config.model, source: `hub:org/name@${'a'.repeat(40)}`, targets: ['qkv' as const] } };
    expect(configProblems(unknown)).toEqual([]);
    expect(configProblems(unknown, { ...BUILT_IN['nano-encoder'], name: 'org/name' })).toHaveLength(2);
    expect(configProblems(unknown, { ...BUILT_IN['nano-decoder'], targets: ['qkv'], layers: 4, obstacle: 'it has no tokenizer' })).toEqual(['model: it has no tokenizer']);
  });
});

describe('methods that a model or a task cannot take', () => {
  const change = (model: Partial<RunConfig['model']>, source = 'sentiment') => configProblems({ ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, source }, model: { ...DEFAULT_CONFIG.model, ...model } });
  it.each<[Partial<RunConfig['model']>, string, string]>([
    [{}, 'description', 'model: description is written word by word, and nano-encoder sees the words to come; choose nano-decoder'],
    [{ peft: 'pissa', rank: 65 }, 'sentiment', 'PiSSA: rank 65, but the matrices have only 64 singular vectors; choose a rank up to 64'],
    [{ peft: 'pissa', rank: 33, source: 'nano-decoder' }, 'sentiment', 'PiSSA: rank 33, but the matrices have only 32 singular vectors; choose a rank up to 32'],
    [{ peft: 'loraplus', ratio: 0 }, 'sentiment', 'LoRA+: ratio 0; choose a number above 0'],
    [{ peft: 'full', weights: 'f16' }, 'sentiment', 'full fine-tuning: it trains every weight, and what is trained is float32, not float16; choose float32 weights, or a method that leaves them frozen'],
    [{ peft: 'prompt', virtualTokens: 0 }, 'sentiment', 'Prompt tuning: 0 virtual tokens; choose a whole number from 1 to 64'],
    [{ peft: 'prefix', virtualTokens: 65 }, 'sentiment', 'Prefix tuning: 65 virtual tokens; choose a whole number from 1 to 64'],
    [{ peft: 'adapter', bottleneck: 0 }, 'sentiment', 'adapters: a bottleneck of 0; choose a whole number from 1 to 256'],
    [{ peft: 'bitfit', source: 'nano-decoder' }, 'description', 'BitFit: nano-decoder has no biases, and writing has no head of its own, so nothing would be trained; choose another method'],
    [{ peft: 'adapter', fromLayer: 2 }, 'sentiment', 'Houlsby adapters: from layer 2 of a model with layers 0 to 1; choose one of those'],
  ])('%o on %s', (model, task, sentence) => {
    expect(change(model, task)).toEqual([sentence]);
  });
  it('do not judge settings that a method does not have', () => {
    expect(change({ peft: 'bitfit', rank: 0, alpha: -1, targets: [], fromLayer: 9, virtualTokens: 0, bottleneck: 0, ratio: 0 })).toEqual([]);
  });
});

describe('notes', () => {
  it('are absent from the default', () => {
    expect(configNotes(DEFAULT_CONFIG)).toEqual([]);
  });
  it.each<[string, Partial<RunConfig>]>([
    ['dropout.lora_input', { model: { ...DEFAULT_CONFIG.model, peft: 'full' }, dropout: { lora_input: { p: 0.1, pattern: 'element' } } }],
    ['dropout.lora_rank', { model: { ...DEFAULT_CONFIG.model, peft: 'prefix' }, dropout: { lora_rank: { p: 0.1, pattern: 'element' } } }],
    ['optimizer.l1', { model: { ...DEFAULT_CONFIG.model, peft: 'bitfit' }, optimizer: { ...DEFAULT_CONFIG.optimizer, l1: 1 } }],
    ['optimizer.smoothing', { data: { ...DEFAULT_CONFIG.data, source: 'similarity' }, optimizer: { ...DEFAULT_CONFIG.optimizer, smoothing: 0.1 } }],
    ['model.peft', { model: { ...DEFAULT_CONFIG.model, source: 'nano-decoder', peft: 'bitfit' } }],
    ['consistency.kind', { consistency: { ...DEFAULT_CONFIG.consistency, kind: 'kl' } }],
    ['consistency.alpha', { dropout: { hidden: { p: 0.1, pattern: 'element' } }, consistency: { ...DEFAULT_CONFIG.consistency, kind: 'kl', alpha: 0 } }],
    ['consistency.every', { dropout: { hidden: { p: 0.1, pattern: 'element' } }, consistency: { ...DEFAULT_CONFIG.consistency, kind: 'kl', every: DEFAULT_CONFIG.optimizer.steps } }],
    ['dropout', { model: { ...DEFAULT_CONFIG.model, source: 'nano-decoder' }, dropout: { logits: { p: 0.1, pattern: 'column' } } }],
  ])('stand beside %s', (field, part) => {
    const notes = configNotes({ ...DEFAULT_CONFIG, ...part });
    expect(notes.map((note) => note.field)).toEqual([field]);
    expect(notes[0].sentence).toMatch(/\.$|\)\.$/);
  });
});

it('notes that both passes are equal where the only rule drops something that the method lacks', () => {
  const config: RunConfig = { ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, peft: 'bitfit' }, dropout: { lora_input: { p: 0.1, pattern: 'element' } }, consistency: { ...DEFAULT_CONFIG.consistency, kind: 'kl' } };
  expect(configNotes(config).map(({ field }) => field)).toEqual(['dropout.lora_input', 'consistency.kind']);
});

it('has nothing to note about a term at every one of a single step, nor about α 0 where both passes are trained', () => {
  const dropout = { hidden: { p: 0.1, pattern: 'element' } } as const;
  const kl = { ...DEFAULT_CONFIG.consistency, kind: 'kl' } as const;
  expect(configNotes({ ...DEFAULT_CONFIG, dropout, consistency: kl, optimizer: { ...DEFAULT_CONFIG.optimizer, steps: 1 } })).toEqual([]);
  expect(configNotes({ ...DEFAULT_CONFIG, dropout, consistency: { ...kl, alpha: 0, second: 'dropped_grad' } })).toEqual([]);
});

describe('changes while a run goes on', () => {
  it('takes rates as uniforms', () => {
    for (const field of ['dropout.logits.p', 'dropout.logits.depth', 'dropout.hidden.time', 'consistency.alpha', 'optimizer.learningRate', 'optimizer.clip', 'optimizer.weightDecay', 'optimizer.smoothing']) {
      expect(field).toMatch(UNIFORM_FIELDS);
      expect(field).not.toMatch(PLAN_FIELDS);
    }
  });

  it('takes positions, patterns and passes as new plans', () => {
    for (const field of ['dropout', 'dropout.lora_rank', 'dropout.hidden.pattern', 'dropout.weights.compensation', 'dropout.logits.fromLayer', 'consistency', 'consistency.kind', 'consistency.second', 'consistency.every', 'optimizer.l1', 'optimizer.neftune']) {
      expect(field).toMatch(PLAN_FIELDS);
      expect(field).not.toMatch(UNIFORM_FIELDS);
    }
  });

  it('takes rank, targets, model and data as neither', () => {
    for (const field of ['model.rank', 'model.targets', 'model.source', 'data.rows', 'seed', 'optimizer.batchSize', 'optimizer.accumulation', 'optimizer.steps']) {
      expect(field).not.toMatch(UNIFORM_FIELDS);
      expect(field).not.toMatch(PLAN_FIELDS);
    }
  });
});

it('knows where something is dropped', () => {
  expect(activePositions(withField('dropout', { output: { p: 0.2, pattern: 'element' }, logits: { p: 0.1, pattern: 'span' }, hidden: { p: 0, pattern: 'element' } }))).toEqual(['logits', 'output']);
});
