import { describe, expect, it } from 'vitest';
import stepCode from '../../shaders/lib/step.wgsl?raw';
import { type DropoutRules, type Position, SLOT_LIMIT, slotOf } from '../config/dropout';
import { STEP_BYTES, STEP_SCALAR_BYTES } from '../model/state';
import { packSpans, packStep, type StepValues } from './stepUniform';

const VALUES: StepValues = {
  seed: 0xfffffffe, maskStep: 3_000_000_000, microBatch: 3, ringSlot: 17, step: 4, learningRate: 0.01, weightDecay: 0.1, clip: 1.5, alpha: 0.3, smoothing: 0.2, l1: 0.003, neftune: 5, countedRows: 12, rules: {}, layers: 2,
};

/** Byte of a field of the WGSL struct, by its order in the text: all scalars have four bytes. */
function byteOf(field: string): number {
  const body = /struct Step \{([^}]*)\}/.exec(stepCode)![1].replace(/\/\/.*$/gm, '');
  const fields = [...body.matchAll(/(\w+)\s*:/g)].map(([, name]) => name);
  expect(fields).toContain(field);
  return fields.indexOf(field) * 4;
}

describe('the step uniform', () => {
  it('has every scalar where the WGSL struct reads it', () => {
    const view = packStep(VALUES);
    expect(['seed', 'mask_step', 'ring_slot', 'micro_batch'].map((field) => view.getUint32(byteOf(field), true))).toEqual([0xfffffffe, 3_000_000_000, 17, 3]);
    const float = (field: string) => view.getFloat32(byteOf(field), true);
    // The fifth step: t = 5.
    expect(float('step_size')).toBe(Math.fround(0.01 / (1 - 0.9 ** 5)));
    expect(float('second_correction')).toBe(Math.fround(1 / Math.sqrt(1 - 0.999 ** 5)));
    expect(float('decay')).toBe(Math.fround(0.01 * 0.1));
    expect(['clip', 'alpha', 'smoothing', 'inverse_rows', 'l1', 'neftune'].map(float)).toEqual([1.5, 0.3, 0.2, 1 / 12, 0.003, 5].map(Math.fround));
    expect(byteOf('slots')).toBe(STEP_SCALAR_BYTES);
    expect(view.byteLength).toBe(STEP_BYTES);
    expect(Number(/array<Slot, (\d+)>/.exec(stepCode)![1])).toBe(SLOT_LIMIT);
  });

  it('has no infinity where no row counts', () => {
    expect(packStep({ ...VALUES, countedRows: 0 }).getFloat32(byteOf('inverse_rows'), true)).toBe(1);
  });

  it('has threshold and scale of every rule in the slots of all its layers', () => {
    const rules: DropoutRules = {
      logits: { p: 0.25, pattern: 'column' }, weights: { p: 0.5, pattern: 'element', compensation: 'rescale' }, hidden: { p: 0.1, pattern: 'span' },
      lora_rank: { p: 0.3, pattern: 'element', compensation: 'none' }, ffn_inner: { p: 0.2, pattern: 'column' },
    };
    const view = packStep({ ...VALUES, rules });
    const slot = (position: Position, layer: number) => {
      const at = STEP_SCALAR_BYTES + slotOf(rules, position, layer, 2) * 16;
      return [view.getUint32(at, true), view.getFloat32(at + 4, true)];
    };
    for (const layer of [0, 1]) {
      expect(slot('logits', layer)).toEqual([2 ** 30, 1]);
      expect(slot('weights', layer)).toEqual([2 ** 31, 2]);
      expect(slot('hidden', layer)).toEqual([429496729, 1]); // a span is not rescaled
      expect(slot('lora_rank', layer)).toEqual([1288490188, 1]);
      expect(slot('ffn_inner', layer)).toEqual([858993459, 1.25]);
    }
  });

  it('follows the course of a rate over depth and time, threshold, scale and span alike', () => {
    const rules: DropoutRules = { hidden: { p: 0.5, pattern: 'element', depth: 'rising', time: 'falling' }, logits: { p: 0.5, pattern: 'span', depth: 'falling', fromLayer: 1 } };
    const at = (step: number, steps?: number) => {
      const view = packStep({ ...VALUES, rules, step, steps });
      return [0, 1].map((layer) => {
        const place = STEP_SCALAR_BYTES + slotOf(rules, 'hidden', layer, 2) * 16;
        return [view.getUint32(place, true) / 2 ** 32, view.getFloat32(place + 4, true)];
      });
    };
    expect(at(0, 4)).toEqual([[0.25, Math.fround(1 / 0.75)], [0.5, 2]]);
    expect(at(2, 4)).toEqual([[0.125, Math.fround(1 / 0.875)], [0.25, Math.fround(1 / 0.75)]]);
    // A run without an end, as a reference case, has no course over time.
    expect(at(2)).toEqual(at(0, 4));
    expect([...packSpans({ rules: { logits: { p: 0.5, pattern: 'span', time: 'rising' } }, layers: 1, step: 0, steps: 2 }, Uint32Array.of(8))]).toEqual([2]);
  });

  it('counts slots by the rules that the plan was recorded with, whatever rules are in force', () => {
    const [hidden, weights]: DropoutRules['hidden'][] = [{ p: 0.25, pattern: 'column', compensation: 'none' }, { p: 0.5, pattern: 'column' }];
    const recorded: DropoutRules = { logits: { p: 0, pattern: 'column' }, hidden };
    const thresholds = (values: Partial<StepValues>) => Array.from({ length: 6 }, (_, slot) => packStep({ ...VALUES, ...values }).getUint32(STEP_SCALAR_BYTES + slot * 16, true) / 2 ** 32);
    expect(thresholds({ rules: { hidden } })).toEqual([0.25, 0.25, 0, 0, 0, 0]);
    expect(thresholds({ rules: { hidden }, recorded })).toEqual([0, 0, 0.25, 0.25, 0, 0]);
    expect(thresholds({ rules: { hidden, weights }, recorded })).toEqual([0, 0, 0.25, 0.25, 0, 0]);
    expect([...packSpans({ rules: { hidden: { p: 0.5, pattern: 'span' }, weights }, recorded, layers: 2, step: 0 }, Uint32Array.of(8))]).toEqual([0, 0, 4, 4]);
  });

  it('takes models of many layers', () => {
    const view = packStep({ ...VALUES, layers: 80, rules: { logits: { p: 0.25, pattern: 'column' }, hidden: { p: 0.5, pattern: 'column' }, output: { p: 0.75, pattern: 'element' } } });
    expect([0, 79, 80, 159, 160].map((slot) => view.getUint32(STEP_SCALAR_BYTES + slot * 16, true) / 2 ** 32)).toEqual([0.25, 0.25, 0.5, 0.5, 0.75]);
    expect(() => packStep({ ...VALUES, layers: 1000 })).not.toThrow();
  });

  it('writes into what it is given', () => {
    const view = new DataView(new ArrayBuffer(STEP_BYTES));
    expect(packStep(VALUES, view)).toBe(view);
    expect(view.getUint32(0, true)).toBe(0xfffffffe);
  });
});

describe('span lengths of a batch', () => {
  it('are those of the rules that drop spans, sample by sample', () => {
    const lengths = Uint32Array.of(10, 3, 1);
    const rules: DropoutRules = { hidden: { p: 0.3, pattern: 'span' }, logits: { p: 0.5, pattern: 'span' }, weights: { p: 0.3, pattern: 'column' } };
    const spans = packSpans({ rules, layers: 2, step: 0 }, lengths);
    expect(spans.length).toBe(3 * 2 * 3);
    const of = (position: Position, layer: number) => [...spans.subarray(slotOf(rules, position, layer, 2) * 3, slotOf(rules, position, layer, 2) * 3 + 3)];
    for (const layer of [0, 1]) {
      expect(of('hidden', layer)).toEqual([3, 1, 1]);
      expect(of('logits', layer)).toEqual([5, 1, 1]);
      expect(of('weights', layer)).toEqual([0, 0, 0]);
    }
  });

  it('are 0 at a rate of 0', () => {
    expect([...packSpans({ rules: { hidden: { p: 0, pattern: 'span' } }, layers: 1, step: 0 }, Uint32Array.of(5))].every((length) => length === 0)).toBe(true);
  });
});
