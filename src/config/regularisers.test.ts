import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { applyRegulariser, REGULARISER_NAMES, regulariserOf, REGULARISERS } from './regularisers';
import { configProblems } from './problems';

describe('regularisers', () => {
  it('can all run, are recognised, and replace one another', () => {
    for (const name of REGULARISER_NAMES) {
      const config = applyRegulariser(name, applyRegulariser('l1', DEFAULT_CONFIG));
      expect(configProblems(config)).toEqual([]);
      expect(regulariserOf(config)).toBe(name);
      expect(REGULARISERS[name].reason).toMatch(/\.$/);
    }
    expect(applyRegulariser('none', DEFAULT_CONFIG)).toEqual(DEFAULT_CONFIG);
  });
  it('are none of these when two are mixed', () => {
    const config = applyRegulariser('l1', DEFAULT_CONFIG);
    expect(regulariserOf({ ...config, optimizer: { ...config.optimizer, smoothing: 0.2 } })).toBeUndefined();
  });
});
