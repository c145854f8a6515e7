import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress } from './address';
import { DEFAULT_CONFIG } from './config';
import { linkOf, openLink } from './url';

describe('an address', () => {
  it('keeps a configuration letter by letter, damaged ones too, and takes the page out of it', () => {
    for (const run of ['', 'v=1&seed=3', 'v=1&changes=[[1,%22seed%22', 'v=1&changes=[[1,&%E0%A4%A', 'review=1&viewer=2']) {
      for (const hash of [`#view=inside&${run}&open=device`, `${run}&open=device&view=inside`]) {
        expect(readAddress(hash), hash).toEqual({ run, page: { view: 'inside', open: 'device' } });
      }
      expect(readAddress(`#${run}`)).toEqual({ run, page: {} });
    }
  });

  it('goes there and back', () => {
    for (const address of [{ run: '', page: {} }, { run: 'v=1&seed=3', page: {} }, { run: '', page: { view: 'inside' } }, { run: 'v=1&seed=3', page: { view: 'a b&c', open: 'help' } }]) {
      expect(readAddress(writeAddress(address))).toEqual(address);
    }
    expect(writeAddress({ run: '', page: {} })).toBe('');
    expect(writeAddress({ run: 'v=1&seed=3', page: { view: undefined, open: 'help' } })).toBe('#v=1&seed=3&open=help');
  });

  it('opens as a run what is one, and counts nothing of the page among its settings', () => {
    const opened = openLink('#v=1&seed=7&view=inside&open=nowhere');
    expect(opened).toMatchObject({ config: { seed: 7 }, applied: 1, ignored: [], changes: [] });
    expect(openLink('#view=inside')).toMatchObject({ config: DEFAULT_CONFIG, applied: 0, ignored: [] });
    expect(linkOf(opened.config)).toBe('v=1&seed=7');
  });
});
