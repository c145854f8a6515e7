/** Event files as TensorBoard reads them; here the bytes of small ones are taken apart again. */
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import type { RunRecord } from '../protocol/run';
import { eventsOf, tensorBoardOf } from './tensorBoard';

const RECORD: RunRecord = {
  format: 'lora-dropout-run', version: 1, id: 'a', name: 'No dropout: seed 42', createdAt: '2026-11-26T00:00:00.000Z', device: 'an adapter', config: DEFAULT_CONFIG, changes: [],
  points: { step: [0, 1], crossEntropy: [0.75, Number.NaN], consistency: [0, 0], gradientNorm: [1, 2], learningRate: [0.005, 0.0025], seconds: [0.5, 1] },
  evaluations: [{ step: 2, heldOut: { loss: 0.5, metric: 0.875, others: { matthews: 0.75 } }, train: { loss: 0.25, metric: 1 }, seconds: 1.5 }],
};

/** Payloads of a file of TFRecords, by their lengths alone. */
function payloads(file: Uint8Array<ArrayBuffer>): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(at, true));
    found.push(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return found;
}

it('begins as every file of events does, checksums included', () => {
  // Length and its checksum are the bytes that every file of TensorFlow's begins with.
  const file = eventsOf({ ...RECORD, createdAt: '1970-01-01T00:00:00.000Z' });
  expect([...file.subarray(0, 12)]).toEqual([0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
  expect(strFromU8(file.subarray(23, 36))).toBe('brain.Event:2');
});

it('has a record a step and an evaluation, and leaves out what is no number', () => {
  const [version, settings, first, second, evaluation] = payloads(eventsOf(RECORD)).map((bytes) => strFromU8(bytes, true));
  expect(version).toContain('brain.Event:2');
  expect(settings).toContain('No dropout: seed 42');
  expect(first).toContain('batch/loss');
  expect(second).not.toContain('batch/loss');
  expect(second).toContain('batch/gradient norm');
  expect(evaluation).toContain('held-out/accuracy');
  expect(payloads(eventsOf(RECORD))).toHaveLength(5);
});

it('puts each run into a folder of its own', () => {
  const names = Object.keys(unzipSync(tensorBoardOf([RECORD, RECORD])));
  expect(names).toEqual(['No dropout seed 42/events.out.tfevents.1795651200.page', 'No dropout seed 42 (2)/events.out.tfevents.1795651200.page']);
});
