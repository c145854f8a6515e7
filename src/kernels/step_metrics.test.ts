import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { emitStepMetrics, RING_SLOTS, RING_WIDTH } from './step_metrics';
import './testing/matcher';
import { execute } from './testing/execute';
import { normals } from './testing/numbers';
import { type Launch, launchName, ROW_LAUNCHES } from './testing/page';

interface Setting { rows: number; lossRows?: number; lossWeight?: number; second?: boolean; consistency?: boolean; slot: number; countedRows?: number; microBatch?: number }

async function run({ rows, lossRows = rows, lossWeight = 1, second, consistency, slot, countedRows = rows, microBatch = 0 }: Setting, launch?: Launch) {
  const tape = new Tape();
  const values = new Map<string, Float32Array>();
  const made = (label: string, count: number, seed: number) => {
    values.set(label, normals(count, seed).map(Math.abs));
    return tape.input(label, [count], 'f32');
  };
  const parts = {
    losses: made('losses', rows, 1), lossRows, lossWeight,
    secondLosses: second ? made('second losses', rows, 2) : undefined,
    values: consistency ? made('values', rows, 3) : undefined,
    norm: tape.shared('norm', [2]), ring: tape.shared('ring', [RING_SLOTS, RING_WIDTH]),
  };
  values.set('norm', Float32Array.of(2.5, 0.1));
  values.set('ring', new Float32Array(RING_SLOTS * RING_WIDTH).fill(-1));
  const { shared } = await execute({ tape, values, step: { ringSlot: slot, countedRows, microBatch }, finish: (emit) => emitStepMetrics(emit, parts) }, launch);
  const sum = (label: string, count: number) => [...(values.get(label)?.subarray(0, count) ?? [])].reduce((total, value) => total + value, 0);
  const before = microBatch > 0 ? -1 : 0; // what the ring holds
  const expected = [before + ((sum('losses', lossRows) + sum('second losses', lossRows)) * lossWeight) / countedRows, before + sum('values', rows) / countedRows, 2.5, 0];
  return { ring: shared.get('ring')!, expected };
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('step_metrics, %s', (_, launch) => {
  it.each<Setting>([
    { rows: 1, slot: 0 }, { rows: 33, slot: 7, consistency: true }, { rows: 5, slot: 255, second: true, consistency: true, lossWeight: 0.5 },
    { rows: 10, lossRows: 5, slot: 3, consistency: true, countedRows: 5 }, { rows: 7, slot: 1, countedRows: 4 },
    // A later micro-batch adds its share to what stands there; the norm is that of its own step.
    { rows: 5, slot: 2, countedRows: 20, microBatch: 1 }, { rows: 33, slot: 9, consistency: true, countedRows: 70, microBatch: 3 },
  ])('%j', async (setting) => {
    const { ring, expected } = await run(setting, launch);
    const at = setting.slot * RING_WIDTH;
    expect(ring.slice(at, at + RING_WIDTH)).toBeNear(expected, 1e-6); // a sum of 33
    // No other step's scalars are touched.
    ring.forEach((value, i) => { if (i < at || i >= at + RING_WIDTH) expect(value).toBe(-1); });
  });
});
