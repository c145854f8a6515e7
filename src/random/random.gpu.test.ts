/** Random words and masks: the WGSL and its TypeScript twins, bit for bit. */
import { describe, expect, it } from 'vitest';
import { slotOf } from '../config/dropout';
import vectors from '../fixtures/words.json';
import masksCode from '../../shaders/lib/masks.wgsl?raw';
import randomCode from '../../shaders/lib/random.wgsl?raw';
import stepCode from '../../shaders/lib/step.wgsl?raw';
import { launchName, pageFor, PLAIN_LAUNCHES, type Launch } from '../kernels/testing/page';
import { STEP_DEFAULTS } from '../kernels/testing/execute';
import { packStep, type StepValues } from '../train/stepUniform';
import { keepAttention, keepToken, siteOf, spanLength, thresholdOf } from './masks';
import { word } from './words';

/** Draws on the GPU: word i is that of element first + i, in steps of `stride` modulo 2^32; then whether slot 0 keeps it; then a span's verdict. */
const CODE = `
struct Draw { site: u32, first: u32, stride: u32, count: u32, real: u32, length: u32 }
@group(0) @binding(0) var<uniform> draw: Draw;
@group(0) @binding(2) var<storage, read_write> words: array<u32>;
@group(0) @binding(3) var<storage, read_write> kept: array<u32>;
@group(0) @binding(4) var<storage, read_write> outside: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= draw.count) { return; }
  let index = draw.first + id.x * draw.stride;
  words[id.x] = word(step.seed, step.mask_step, draw.site, index);
  kept[id.x] = u32(keep_word(0u, draw.site, index));
  outside[id.x] = u32(keep_span(draw.site, index / 16u, index % 16u, draw.real, draw.length));
}`;

interface Draw { step: Partial<StepValues>; site: number; first?: number; stride?: number; count: number; real?: number; length?: number }

async function draw({ step, site, first = 0, stride = 1, count, real = 16, length = 0 }: Draw, launch: Launch = {}) {
  const { gpu: { device }, complaints } = await pageFor(launch);
  const module = device.createShaderModule({ code: [randomCode, stepCode, masksCode, CODE].join('\n') });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const uniform = (bytes: ArrayBuffer) => {
    const buffer = device.createBuffer({ size: bytes.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  };
  const results = [0, 1, 2].map(() => device.createBuffer({ size: count * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }));
  const staging = device.createBuffer({ size: count * 12, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const buffers = [uniform(Uint32Array.of(site, first, stride, count, real, length, 0, 0).buffer), uniform(packStep({ ...STEP_DEFAULTS, ...step }).buffer), ...results];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(Math.ceil(count / 64));
  pass.end();
  results.forEach((buffer, i) => encoder.copyBufferToBuffer(buffer, 0, staging, i * count * 4, count * 4));
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const all = new Uint32Array(staging.getMappedRange().slice(0));
  for (const buffer of [...buffers, staging]) buffer.destroy();
  expect(complaints()).toEqual([]);
  return { words: all.subarray(0, count), kept: all.subarray(count, 2 * count), outside: all.subarray(2 * count) };
}

/** First index at which the two differ, −1 for none: an array of 65,536 would make an unreadable message. */
const firstDifference = (drawn: Uint32Array, expected: (i: number) => number) => drawn.findIndex((value, i) => value !== expected(i));

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('random words, %s', (_, launch) => {
  it.each([
    { name: 'from the first', seed: 42, maskStep: 7, site: siteOf('hidden', 3, 1), first: 0, stride: 1 },
    { name: 'over the wrap of the index', seed: 0xffffffff, maskStep: 0xffffffff, site: siteOf('lora_rank', 11, 1, 'down'), first: 0xffff8000, stride: 1 },
    { name: 'far apart', seed: 0, maskStep: 0, site: 0, first: 12345, stride: 2654435761 },
  ])('65,536 draws $name', async ({ seed, maskStep, site, first, stride }) => {
    const count = 65_536;
    const p = 0.3;
    const { words, kept } = await draw({ step: { seed, maskStep, rules: { logits: { p, pattern: 'element' } } }, site, first, stride, count }, launch);
    const index = (i: number) => (first + Math.imul(i, stride)) >>> 0;
    expect(firstDifference(words, (i) => word(seed, maskStep, site, index(i)))).toBe(-1);
    expect(firstDifference(kept, (i) => Number(word(seed, maskStep, site, index(i)) >= thresholdOf(p)))).toBe(-1);
    expect(new Set(words).size).toBeGreaterThan(count * 0.99);
  });
});

it.each(vectors.words)('the printed vectors: seed $seed, step $step, site $site', async ({ seed, step, site, words }) => {
  expect([...(await draw({ step: { seed, maskStep: step }, site, count: words.length })).words]).toEqual(words);
});

describe('masks', () => {
  it('logits are in slot 0 of a model with one layer', () => {
    expect(slotOf({ logits: { p: 0.1, pattern: 'element' } }, 'logits', 0, 1)).toBe(0);
  });

  it.each([0, 0.1, 0.5, 0.9, 1 - 2 ** -33])('elements at a rate of %d', async (p) => {
    const [seed, maskStep, site, heads, T, count] = [5, 6, siteOf('logits', 0, 1), 3, 8, 4096];
    const { kept } = await draw({ step: { seed, maskStep, rules: { logits: { p, pattern: 'element' } } }, site, count });
    const at = { seed, step: maskStep, site };
    expect(firstDifference(kept, (i) => Number(keepAttention(at, 'element', p,
      { sample: Math.floor(i / (T * T * heads)), head: Math.floor(i / (T * T)) % heads, query: Math.floor(i / T) % T, key: i % T }, { heads, queries: T, keys: T, n: T })))).toBe(-1);
  });

  it.each([{ p: 0.1, real: 16 }, { p: 0.3, real: 11 }, { p: 0.9, real: 5 }, { p: 0.5, real: 1 }, { p: 0, real: 16 }])('spans of $p of $real tokens', async ({ p, real }) => {
    const [seed, maskStep, site, count] = [8, 9, siteOf('hidden', 1, 0), 16 * 256];
    const { outside } = await draw({ step: { seed, maskStep }, site, count, real, length: spanLength(p, real) });
    const at = { seed, step: maskStep, site };
    expect(firstDifference(outside, (i) => Number(keepToken(at, 'span', p, { sample: Math.floor(i / 16), token: i % 16, channel: 0 }, { tokens: 16, width: 4, n: real })))).toBe(-1);
  });
});
