import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { withField } from './change';
import { describeDifferences, differences, nameOfRun, withChanges } from './diff';
import { applyMethod } from './methods';
import { applyPreset, referenceConfig, withModel, withTask } from './presets';

const hiddenkey = applyPreset('hiddenkey', DEFAULT_CONFIG);

describe('differences', () => {
  it('finds leaves, and a whole rule where one side has none', () => {
    const other = withField(withField(DEFAULT_CONFIG, 'data.rows', 64), 'dropout.logits', { p: 0.1, pattern: 'column' });
    expect(differences(DEFAULT_CONFIG, other).map(({ field }) => field)).toEqual(['data.rows', 'dropout.logits']);
    expect(differences(other, other)).toEqual([]);
  });
  it('compares lists as one value', () => {
    expect(differences(DEFAULT_CONFIG, withField(DEFAULT_CONFIG, 'model.targets', ['q', 'k']))).toEqual([{ field: 'model.targets', from: ['q', 'v'], to: ['q', 'k'] }]);
  });
  it('reads well', () => {
    expect(describeDifferences(DEFAULT_CONFIG, hiddenkey)).toBe('+ attention logits column 0.1, + FFN output element 0.1, consistency none → kl');
    expect(describeDifferences(hiddenkey, withField(hiddenkey, 'dropout.hidden.p', 0.3))).toBe('FFN output p 0.1 → 0.3');
    expect(describeDifferences(hiddenkey, withField(hiddenkey, 'dropout.hidden', undefined))).toBe('− FFN output');
  });
});

describe('a rate that changes', () => {
  const falling = withField(hiddenkey, 'dropout.hidden.depth', 'falling');
  it('is constant where nothing is said', () => {
    expect(differences(hiddenkey, withField(hiddenkey, 'dropout.hidden.depth', 'constant'))).toEqual([]);
    expect(describeDifferences(hiddenkey, falling)).toBe('FFN output p over depth constant → falling');
    expect(describeDifferences(falling, hiddenkey)).toBe('FFN output p over depth falling → constant');
  });
  it('and methods read well', () => {
    expect(describeDifferences(DEFAULT_CONFIG, withField(DEFAULT_CONFIG, 'dropout.hidden', { p: 0.1, pattern: 'element', depth: 'rising', time: 'falling' }))).toBe('+ FFN output element 0.1 rising with depth, falling over the run');
    expect(describeDifferences(DEFAULT_CONFIG, applyMethod('dora', DEFAULT_CONFIG))).toBe('method LoRA → DoRA');
  });
});

describe('names of runs', () => {
  it('start with what the literature says and go on with what is unusual', () => {
    expect(nameOfRun(DEFAULT_CONFIG, [], DEFAULT_CONFIG)).toBe('Plain LoRA');
    const config = withField(withField(hiddenkey, 'model.rank', 4), 'dropout.hidden.p', 0.2);
    expect(nameOfRun(config, [], DEFAULT_CONFIG)).toBe('HiddenKey · p 0.1 / 0.2 · r 4');
  });
  it('begin with the method where it is not LoRA, whose own settings go without saying', () => {
    const name = (config: typeof DEFAULT_CONFIG) => nameOfRun(config, [], referenceConfig('baseline', config));
    const dora = applyMethod('dora', DEFAULT_CONFIG);
    expect(name(dora)).toBe('DoRA');
    expect(name(applyMethod('rslora', DEFAULT_CONFIG))).toBe('rsLoRA');
    expect(name(applyPreset('hiddenkey_minus', dora))).toBe('DoRA · HiddenKey⁻ · p 0.1');
    expect(name(withField(applyMethod('bitfit', hiddenkey), 'optimizer.accumulation', 4))).toBe('BitFit · HiddenKey · p 0.1 · accumulate 4');
    expect(name(withModel(DEFAULT_CONFIG, 'nano-decoder'))).toBe('Plain LoRA · Llama');
    expect(name(withTask(applyMethod('prefix', DEFAULT_CONFIG), 'description'))).toBe('Prefix tuning · description');
  });
  it('carry the changes made on the way', () => {
    const change = { step: 120, field: 'optimizer.learningRate', from: 0.005, to: 0.001 };
    expect(nameOfRun(DEFAULT_CONFIG, [change], DEFAULT_CONFIG)).toBe('Plain LoRA · rate 0.005 → 0.001 @120');
    expect(withChanges(DEFAULT_CONFIG, [change]).optimizer.learningRate).toBe(0.001);
  });
});
