/** Which runs have a script for Python. That it computes what the engine does is held by tools/adapters/continuation.py. */
import { expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import { continuationProblem } from './continuation';

const withModel = (model: Partial<RunConfig['model']>, optimizer: Partial<RunConfig['optimizer']> = {}): RunConfig => ({ ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, ...model }, optimizer: { ...DEFAULT_CONFIG.optimizer, ...optimizer } });

it('LoRA and its relatives have one, others say why not', () => {
  expect(continuationProblem(DEFAULT_CONFIG, false)).toBeUndefined();
  expect(continuationProblem(withModel({ peft: 'pissa' }), false)).toBeUndefined();
  expect(continuationProblem(withModel({ targets: ['qkv'] }), true)).toBeUndefined();
  expect(continuationProblem(DEFAULT_CONFIG, true)).toContain('choose qkv as the target');
  expect(continuationProblem(withModel({ peft: 'prefix' }), false)).toContain('Prefix tuning has no low-rank branch');
  expect(continuationProblem(withModel({}, { steps: 1_000_000 }), false)).toContain('lower the steps');
});
