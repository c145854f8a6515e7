import { describe, expect, it } from 'vitest';
import { checkpointBytes } from '../../e2e/support/checkpointBytes';
import { recordedRun } from '../../e2e/support/recordedRun';
import { CHECKPOINT_FORMAT } from '../protocol/run';
import { checkpointName, isCheckpointName, readCheckpoint } from './checkpointFile';

const GOOD = { format: CHECKPOINT_FORMAT, step: '20', record: JSON.stringify(recordedRun()) };
const sentenceOf = (file: Uint8Array<ArrayBuffer>) => {
  const read = readCheckpoint(file, 'file.safetensors');
  return read.ok ? '' : read.sentence;
};

describe('a checkpoint', () => {
  it('gives its step, its run and itself', () => {
    const file = checkpointBytes(GOOD);
    expect(readCheckpoint(file, 'a.safetensors')).toEqual({ ok: true, checkpoint: { fileName: 'a.safetensors', step: 20, record: recordedRun(), file } });
  });
  it('is known by its name, which says which run and which step', () => {
    expect(checkpointName('HiddenKey · p 0.1 / 0.2', 120)).toBe('HiddenKey · p 0.1 0.2-step-120.safetensors');
    expect(isCheckpointName('A.SafeTensors')).toBe(true);
    expect(isCheckpointName('run.json')).toBe(false);
  });
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['no file at all', new Uint8Array(3), 'not a safetensors file'],
    ['text', new TextEncoder().encode('hello, this is no checkpoint'), 'not a safetensors file'],
    ['weights of something else', checkpointBytes({ format: 'pt' }), 'no checkpoint of this page'],
    ['weights without a note', checkpointBytes(undefined), 'no checkpoint of this page'],
    ['a file that was cut off', checkpointBytes(GOOD, 5), 'ends 5 bytes early'],
    ['a step that is none', checkpointBytes({ ...GOOD, step: 'twenty' }), 'its step is twenty'],
    ['no run', checkpointBytes({ format: CHECKPOINT_FORMAT, step: '3' }), 'carries no run'],
    ['a run of another page', checkpointBytes({ ...GOOD, record: '{"format":"other"}' }), 'format'],
  ])('says what is wrong with %s', (_, file, words) => {
    expect(sentenceOf(file)).toContain('file.safetensors: ');
    expect(sentenceOf(file)).toContain(words);
  });
});
