import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { recordCacheWrite } from './cache_write';
import { execute } from './testing/execute';
import './testing/matcher';
import { normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { S: number; R: number; D: number; samples: number; keys: number; behind?: { lengths: number[]; front: number } }

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('cache_write, %s', (_, launch) => {
  it.each<Sizes>([
    { S: 1, R: 1, D: 1, samples: 1, keys: 1 }, { S: 3, R: 5, D: 7, samples: 3, keys: 8 },
    // Into every third row, for beams.
    { S: 2, R: 5, D: 33, samples: 6, keys: 9 },
    // Ragged, behind virtual keys, for a sample without a token, and into the last place.
    { S: 1, R: 1, D: 1, samples: 1, keys: 1, behind: { lengths: [1], front: 0 } }, { S: 4, R: 1, D: 33, samples: 4, keys: 9, behind: { lengths: [1, 6, 0, 3], front: 3 } },
    // Past the end: not written, and not into the next sample's row.
    { S: 2, R: 1, D: 5, samples: 2, keys: 4, behind: { lengths: [3, 2], front: 2 } },
  ])('$S × $R rows of $D into $samples × $keys, behind $behind', async ({ S, R, D, samples, keys, behind }) => {
    const x = normals(S * R * D, 1);
    const before = normals(samples * keys * D, 2);
    const tape = new Tape();
    const lengths = behind && { lengths: tape.input('lengths', [S], 'u32'), front: behind.front };
    recordCacheWrite(tape, 'write', tape.input('x', [S, R, D], 'f32'), tape.shared('cache', [samples, keys, D]), lengths);
    const values = new Map<string, Float32Array | Uint32Array>([['x', x], ['cache', before], ['lengths', Uint32Array.from(behind?.lengths ?? [])]]);
    const { shared } = await execute({ tape, values, samples: S }, launch);
    const expected = before.slice();
    for (let i = 0; i < x.length; i++) {
      const [row, channel] = [Math.floor(i / D), i % D];
      const sample = Math.floor(row / R);
      const key = behind ? behind.front + Math.max(behind.lengths[sample], 1) - 1 : row % R;
      if (key < keys) expected[(((sample * samples) / S) * keys + key) * D + channel] = x[i];
    }
    expect(shared.get('cache')).toBeBitEqual(expected);
  });
});

it.each<[string, number[], number[], RegExp]>([
  ['another width', [2, 1, 3], [2, 4, 5], /^cache: keys puts rows of 3 channels into a cache of 5$/],
  ['samples that do not share', [3, 1, 5], [4, 4, 5], /^cache: keys puts 3 samples into a cache of 4$/],
  ['more rows than there is room for', [2, 5, 5], [4, 4, 5], /^cache: keys puts 5 rows a sample where 4 have room$/],
])('refuses %s', (_, x, cache, sentence) => {
  const tape = new Tape();
  expect(() => recordCacheWrite(tape, 'keys', tape.weight('x', x), tape.shared('cache', cache))).toThrow(sentence);
});
