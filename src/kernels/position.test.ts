import { describe, expect, it } from 'vitest';
import { activation, checkOp, input, type Leaf, type OpCheck, parameter, weight } from './check';
import { NO_PLACE, recordPosition } from './position';
import { normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { S: number; T: number; D: number; P: number; offset: number; segments: boolean }

const check = ({ S, T, D, P, offset, segments }: Sizes, table: (shape: number[], values: ArrayLike<number>) => Leaf): OpCheck => ({
  leaves: { x: activation([S, T, D], normals(S * T * D, 1)), position: table([P, D], normals(P * D, 2)), ...(segments && { segment: table([2, D], normals(2 * D, 3)) }) },
  record: (tape, { x, position, segment }) => ({ y: recordPosition(tape, 'position', x, { position, segment }, offset) }),
  reference: ({ x, position, segment }) => ({
    outputs: { y: x.map((value, i) => value + position[(offset + (Math.floor(i / D) % T)) * D + (i % D)] + (segment?.[i % D] ?? 0)) },
  }),
  samples: S,
  limit: 2e-6, // sums over up to 35 tokens
});

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('position, %s', (_, launch) => {
  it.each<Sizes>([
    { S: 1, T: 1, D: 1, P: 1, offset: 0, segments: false }, { S: 3, T: 5, D: 7, P: 5, offset: 0, segments: true },
    { S: 5, T: 7, D: 3, P: 12, offset: 2, segments: true }, { S: 2, T: 3, D: 33, P: 6, offset: 1, segments: false },
  ])('$S × $T, width $D, from row $offset of $P, segments $segments', async (sizes) => {
    for (const uses of [1, 2] as const) await checkOp({ ...check(sizes, parameter), uses }, launch);
    expect(Object.keys((await checkOp(check(sizes, weight), launch)).gradients)).toEqual(['x']);
  });

  it('sums the tables\' gradients over the differentiated half of a doubled batch', async () => {
    await checkOp({ ...check({ S: 4, T: 3, D: 5, P: 4, offset: 1, segments: true }, parameter), gradientSamples: 2 }, launch);
  });
});

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('counted positions, %s', (_, launch) => {
  it.each([{ S: 3, samples: 3 }, { S: 6, samples: 3 }])('$S samples: padding takes its own row and leaves it as it is', async ({ S, samples }) => {
    const [B, T, D, P, padding, offset] = [3, 4, 5, 8, 1, 2];
    const places = [0, 1, 2, 3, 0, NO_PLACE, 1, NO_PLACE, NO_PLACE, NO_PLACE, 0, 1];
    const constant = normals(P * D, 2);
    const { gradients } = await checkOp({
      leaves: { x: activation([S, T, D], normals(S * T * D, 1)), position: parameter([P, D], constant), places: input([B, T], places, 'u32') },
      record: (tape, { x, position, places: at }) => ({ y: recordPosition(tape, 'position', x, { position }, offset, { places: at, padding }) }),
      reference: ({ x, position }) => ({
        outputs: { y: x.map((value, i) => {
          const place = places[Math.floor(i / D) % (B * T)];
          return value + (place === NO_PLACE ? constant[padding * D + (i % D)] : position[(offset + place) * D + (i % D)]);
        }) },
      }),
      samples: S, gradientSamples: samples, limit: 2e-6,
    }, launch);
    expect([...gradients.position.slice(padding * D, padding * D + D)]).toEqual([0, 0, 0, 0, 0]);
  });
});

it('refuses rows of more tokens than the table has positions for', async () => {
  const record = (T: number) => checkOp(check({ S: 2, T, D: 3, P: 6, offset: 2, segments: false }, weight));
  await record(4);
  await expect(record(5)).rejects.toThrow('position: rows of 5 tokens from position 2 on, virtual ones included, need more positions than the model has (6); shorten the texts to 4 or take fewer virtual tokens');
});
