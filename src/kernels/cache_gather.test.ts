import { describe, it } from 'vitest';
import { checkOp, input } from './check';
import { recordCacheGather } from './cache_gather';
import { normals, wholes } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { S: number; C: number; D: number; lengths: number[]; front: number }

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('cache_gather, %s', (_, launch) => {
  it.each<Sizes>([
    { S: 1, C: 1, D: 1, lengths: [1], front: 0 }, { S: 3, C: 7, D: 5, lengths: [7, 1, 4], front: 0 }, { S: 4, C: 9, D: 33, lengths: [1, 6, 3, 6], front: 3 },
    // No token yet: only what stands in front.
    { S: 2, C: 5, D: 3, lengths: [0, 2], front: 2 },
  ])('$S × $C keys of $D, lengths $lengths behind $front', async ({ S, C, D, lengths, front }) => {
    const sources = wholes(S * C, S, 5);
    await checkOp({
      leaves: { cache: input([S, C, D], normals(S * C * D, 1)), sources: input([S, C], sources, 'u32'), lengths: input([S], lengths, 'u32') },
      record: (tape, leaves) => ({ y: recordCacheGather(tape, 'gather', leaves.cache, leaves.sources, leaves.lengths, front) }),
      reference: ({ cache }) => ({ outputs: { y: Array.from({ length: S * C * D }, (_value, i) => {
        const [row, channel] = [Math.floor(i / D), i % D];
        const [sample, key] = [Math.floor(row / C), row % C];
        return key < front + lengths[sample] ? cache[(sources[row] * C + key) * D + channel] : 0;
      }) } }),
      undifferentiated: ['y'],
      samples: S, limit: 0, // copies
    }, launch);
  });
});
