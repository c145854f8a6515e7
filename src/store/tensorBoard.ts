/**
 * Runs as TensorBoard reads them: a folder a run, in it one file of events. A file is a row of TFRecords (length, masked CRC-32C of it, bytes,
 * masked CRC-32C of those), each an `Event` of tensorflow/core/util/event.proto in protobuf. Both are so small that no library is worth its bytes.
 */
import { strToU8, zipSync } from 'fflate';
import { linkOf } from '../config/url';
import { METRIC_NAMES } from '../config/tasks';
import type { RunRecord } from '../protocol/run';
import type { Scores } from '../protocol/runMessages';
import { LOOKS, wordsOf } from './metrics';

/** Castagnoli's polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C as TFRecords mask it: turned by 15 bits, and a constant added, so that a checksum of checksums stays one. */
function maskedChecksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return ((((crc >>> 15) | (crc << 17)) >>> 0) + 0xa282ead8) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A whole number from 0 up, seven bits a byte. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** Fields of a message: the number of the field shifted by three, with the kind of what follows. */
const whole = (field: number, value: number) => joined([varint(field * 8), varint(value)]);
const nested = (field: number, bytes: Uint8Array) => joined([varint(field * 8 + 2), varint(bytes.length), bytes]);
const text = (field: number, value: string) => nested(field, strToU8(value));
function fixed(field: number, bytes: 4 | 8, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return joined([varint(field * 8 + (bytes === 4 ? 5 : 1)), new Uint8Array(view.buffer)]);
}

/** Event: wall_time 1, step 2, file_version 3, summary 5. Summary: value 1. */
const event = (time: number, step: number, content: Uint8Array) => joined([fixed(1, 8, time), ...(step === 0 ? [] : [whole(2, step)]), content]);
/** Value: tag 1, simple_value 2. */
const scalar = (tag: string, value: number) => nested(1, joined([text(1, tag), fixed(2, 4, value)]));
/** Value: tag 1, tensor 8 (of dtype 1 = DT_STRING, tensor_shape 2 of one dim 2 of size 1, string_val 8), metadata 9 (plugin_data 1 with plugin_name 1). */
const words = (tag: string, value: string) => nested(1, joined([
  text(1, tag), nested(9, nested(1, text(1, 'text'))), nested(8, joined([whole(1, 7), nested(2, nested(2, whole(1, 1))), text(8, value)])),
]));

function record(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(12);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedChecksum(head.subarray(0, 8)), true);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, maskedChecksum(bytes), true);
  return joined([head, bytes, tail]);
}

/** One run as a file of events. What is not a number is left out, and its line goes on behind it. */
export function eventsOf({ config, createdAt, points, evaluations, name, device }: RunRecord): Uint8Array<ArrayBuffer> {
  const begun = (Date.parse(createdAt) || 0) / 1000;
  const { metric } = wordsOf(config);
  const events: { seconds: number; step: number; values: [tag: string, value: number][] }[] = [];
  // A point is of a step as it was taken, an evaluation of the steps that were done: both count from 1 here, as they do in CSV.
  points.step.forEach((step, index) => events.push({ seconds: points.seconds[index], step: step + 1, values: [
    ['batch/loss', points.crossEntropy[index]], ...(points.consistency.some((value) => value !== 0) ? [['batch/consistency', points.consistency[index]] as [string, number]] : []),
    ['batch/gradient norm', points.gradientNorm[index]], ['batch/learning rate', points.learningRate[index]],
  ] }));
  const measured = (rows: string, { loss, metric: first, others = {} }: Scores): [string, number][] => [[`${rows}/loss`, loss], [`${rows}/${metric}`, first], ...METRIC_NAMES.flatMap((name): [string, number][] => (others[name] === undefined ? [] : [[`${rows}/${LOOKS[name].metric}`, others[name]]]))];
  for (const { step, seconds, heldOut, train } of evaluations) events.push({ seconds, step, values: [...measured('held-out', heldOut), ...measured('training', train)] });
  events.sort((one, other) => one.step - other.step);
  const settings = `${name}\n\n${device}\n\n${linkOf(config) || 'default settings'}`;
  return joined([
    record(event(begun, 0, text(3, 'brain.Event:2'))), record(event(begun, 0, nested(5, words('configuration', settings)))),
    ...events.map(({ seconds, step, values }) => {
      const scalars = values.filter(([, value]) => Number.isFinite(value)).map(([tag, value]) => scalar(tag, value));
      return record(event(begun + (Number.isFinite(seconds) ? seconds : 0), step, nested(5, joined(scalars))));
    }),
  ]);
}

/** Name of a folder, without what file systems refuse. */
const folderName = (name: string) => name.replace(/[\\/:*?"<>|\s]+/g, ' ').trim().slice(0, 100) || 'run';

/** Runs as a zip of a log directory, for `tensorboard --logdir`. */
export function tensorBoardOf(records: readonly RunRecord[]): Uint8Array<ArrayBuffer> {
  const taken = new Set<string>();
  const files = records.map((one) => {
    let folder = folderName(one.name);
    for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${folderName(one.name)} (${number})`;
    taken.add(folder.toLowerCase());
    // TensorBoard looks for this name, with the time of the start in it.
    return [`${folder}/events.out.tfevents.${Math.floor((Date.parse(one.createdAt) || 0) / 1000)}.page`, eventsOf(one)] as const;
  });
  return zipSync(Object.fromEntries(files), { level: 1 });
}
