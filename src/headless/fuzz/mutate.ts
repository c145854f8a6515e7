/** What may be wrong with a file: bytes flipped, cut off or put in; in JSON any value replaced, left out, doubled or nested. */
import type { Choices } from './random';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values that programs stumble over. `1e999` becomes Infinity when it is parsed. */
const NASTY: readonly Json[] = [
  null, true, false, 0, 1, -1, -0, 0.5, 1e-320, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e9, 1e18, 1e308, '', ' ', '0', 'NaN', '\u0000', '__proto__', 'constructor', '😀'.repeat(50), 'a'.repeat(5000), '(a+)+$', '[', '\\',
  [], {}, [[]], [null], [-1], [2 ** 53, 2 ** 53], [0, 2 ** 40], { a: 1 }, { length: 1e9 },
];

export function mutateBytes(bytes: Uint8Array, { below, one, rarely }: Choices, within = bytes.length): Uint8Array<ArrayBuffer> {
  const made = bytes.slice() as Uint8Array<ArrayBuffer>;
  const kind = below(5);
  if (kind === 0) return made.slice(0, below(made.length + 1));
  if (kind === 1) {
    const longer = new Uint8Array(made.length + 1 + below(64)).fill(below(256));
    longer.set(made);
    return longer;
  }
  if (kind === 2 && rarely(2)) return new TextEncoder().encode(one(['', '<!doctype html><html></html>', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n', 'PK\u0003\u0004', '\u0080\u0002', '{}', '[]', 'null']));
  const flips = 1 + below(kind === 3 ? 64 : 3);
  for (let i = 0; i < flips; i++) made[below(Math.max(1, within))] = below(256);
  return made;
}

/** A deep copy with one to three places changed. */
export function mutateJson(value: Json, choices: Choices): Json {
  const made = { root: structuredClone(value) };
  for (let i = 0; i <= choices.below(3); i++) mutateOnce(made, choices);
  return made.root;
}

function mutateOnce(holder: { root: Json }, choices: Choices): void {
  const { below, one, rarely } = choices;
  let at: Record<string, Json> | Json[] = holder;
  let key: string | number = 'root';
  // Down a random path, so that what lies near the top is met as often as what lies deep.
  for (;;) {
    const here: Json = (at as Record<string, Json>)[key];
    if (typeof here !== 'object' || here === null || Object.keys(here).length === 0 || (key !== 'root' && rarely(3))) break;
    at = here;
    key = one(Object.keys(here));
  }
  const table = at as Record<string, Json>;
  const kind = below(7);
  if (kind === 0 && key !== 'root') delete table[key];
  else if (kind === 1 && typeof table[key] === 'number') table[key] = one([(table[key] as number) + 1, -(table[key] as number), (table[key] as number) * 2 ** below(40), (table[key] as number) / 3]);
  else if (kind === 2 && typeof table[key] === 'string') table[key] = one([`${table[key] as string}x`, (table[key] as string).slice(1), (table[key] as string).toUpperCase()]);
  else if (kind === 3 && Array.isArray(at)) at.push(structuredClone(one(at)));
  else if (kind === 4 && key !== 'root' && !Array.isArray(at)) {
    // One entry's value under another's name.
    const other = one(Object.keys(table));
    [table[key], table[other]] = [table[other], table[key]];
  } else if (kind === 5 && rarely(8)) {
    let deep: Json = 1;
    for (let i = 0; i < 500; i++) deep = [deep];
    table[key] = deep;
  } else table[key] = structuredClone(one(NASTY));
}

/** JSON text of a mutated value, now and then with its letters damaged too. */
export function mutateText(text: string, choices: Choices): string {
  const kind = choices.below(4);
  if (kind === 0) return new TextDecoder().decode(mutateBytes(new TextEncoder().encode(text), choices));
  const mutated = JSON.stringify(mutateJson(JSON.parse(text) as Json, choices));
  return kind === 1 ? mutated.replace(/:\d+/, ':1e999') : mutated;
}

/** A safetensors file with its length, its header or its values changed. */
export function mutateSafetensors(bytes: Uint8Array, choices: Choices): Uint8Array<ArrayBuffer> {
  const { below, one } = choices;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = 8 + length;
  const kind = below(6);
  if (kind === 0) return mutateBytes(bytes, choices);
  if (kind === 1) return mutateBytes(bytes, choices, start);
  if (kind === 2) {
    const made = bytes.slice() as Uint8Array<ArrayBuffer>;
    new DataView(made.buffer).setBigUint64(0, one([0n, 1n, BigInt(length + 1), BigInt(length - 1), 2n ** 30n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]), true);
    return made;
  }
  if (kind === 3) {
    // Values that are no numbers.
    const made = bytes.slice() as Uint8Array<ArrayBuffer>;
    const at = start + 4 * below(Math.floor((bytes.length - start) / 4));
    new DataView(made.buffer).setUint32(at, one([0x7fc00000, 0x7f800000, 0xff800000, 0xffffffff, 0x7f800001]), true);
    return made;
  }
  const header = new TextEncoder().encode(mutateText(new TextDecoder().decode(bytes.subarray(8, start)), choices));
  const made = new Uint8Array(8 + header.length + bytes.length - start);
  new DataView(made.buffer).setBigUint64(0, BigInt(header.length), true);
  made.set(header, 8);
  made.set(bytes.subarray(start), 8 + header.length);
  return made;
}
