/** Runs that were saved go on as if they had never stopped. */
import { describe, expect, it } from 'vitest';
import '../kernels/testing/matcher';
import { readMetadata } from '../model/files/safetensors';
import type { Method } from '../model/method';
import { readRun, restoreRun, saveRun } from './checkpoint';
import { BestWeights } from './bestWeights';
import { Refusal } from './refusal';
import { type Tiny, tinyTrainer, type TinyOptions } from './testing/tinyTrainer';

const hiddenKey: Partial<Method> = {
  dropout: { logits: { p: 0.2, pattern: 'column' }, hidden: { p: 0.2, pattern: 'element', time: 'rising' } },
  consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_stopgrad', every: 2 },
};

const bestOf = ({ trainer }: Tiny) => new BestWeights(trainer.options.gpu, trainer.state);

/** Steps `from` … `to − 1` of a run of 8, two micro-batches a step. */
function train(tiny: Tiny, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    const rows = [0, 1, 2].map((place) => (step * 5 + place * 2) % 6);
    tiny.train([tiny.batch(rows), tiny.batch([...rows].reverse())], step, { steps: 8 });
  }
}

const cases: [string, TinyOptions][] = [
  ['roberta, DoRA, with L1', { architecture: 'roberta', method: { ...hiddenKey, peft: 'dora', penalised: true } }],
  ['llama writing, PiSSA, whose frozen weights are changed at the start', { architecture: 'llama', problem: 'language_model', method: { ...hiddenKey, peft: 'pissa' } }],
  ['gpt2, full, with noise', { architecture: 'gpt2', method: { ...hiddenKey, peft: 'full', noisy: true } }],
];

describe.each(['software', 'gpu'] as const)('a resumed run, %s', (profile) => {
  it.each(cases)('has every bit of one that went through: %s', async (_, options) => {
    const all: TinyOptions = { ...options, accumulation: 2, launch: { profile } };
    const through = await tinyTrainer(all);
    train(through, 0, 8);
    const first = await tinyTrainer(all);
    train(first, 0, 3);
    const noted = bestOf(first);
    noted.note();
    noted.judge(3, -0.5);
    const file = await saveRun(first.trainer.state, noted, { step: 3, seconds: 1.5, record: '{"name":"x"}' });
    const second = await tinyTrainer(all);
    const saved = readRun(file);
    const best = bestOf(second);
    restoreRun(second.trainer.state, best, saved);
    expect(best.best).toEqual({ step: 3, merit: -0.5, since: 0 });
    const kept = (await best.read())!;
    for (const [name, values] of await first.trainer.state.read('values')) expect(kept.get(name)!, `best of ${name}`).toBeBitEqual(values);
    for (const one of [noted, best]) one.destroy();
    expect([saved.step, saved.seconds]).toEqual([3, 1.5]);
    train(second, saved.step, 8);
    for (const part of ['values', 'first moments', 'second moments'] as const) {
      const [expected, actual] = [await through.trainer.state.read(part), await second.trainer.state.read(part)];
      for (const [name, values] of expected) expect(actual.get(name)!, `${part} of ${name}`).toBeBitEqual(values);
    }
    for (const tiny of [through, first, second]) tiny.trainer.destroy();
  });
});

describe('the file of a run', () => {
  const faultOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof Refusal ? (error.fault as { detail: string }).detail : (error as Error).message;
    }
    return 'nothing';
  };

  it('carries what the page knows, and is refused by another method or when it is something else', async () => {
    const [lora, wider] = [await tinyTrainer(), await tinyTrainer({ method: { rank: 4 } })];
    const file = await saveRun(lora.trainer.state, bestOf(lora), { step: 0, seconds: 0, record: '{"name":"x"}' });
    expect(readMetadata(file.slice().buffer, 'file')).toEqual({ format: 'lora-dropout-checkpoint', step: '0', seconds: '0', record: '{"name":"x"}' });
    expect(faultOf(() => restoreRun(wider.trainer.state, bestOf(wider), readRun(file)))).toMatch(/^values\.base_model\..*lora_A\.weight is \[3,16\], this run has \[4,16\]; go on with the settings it was saved with$/);
    expect(faultOf(() => readRun(new Uint8Array(3)))).toMatch(/too short/);
    const other = new TextDecoder('latin1').decode(file).replace('lora-dropout-checkpoint', 'lora-dropout-something!');
    expect(faultOf(() => readRun(Uint8Array.from(other, (character) => character.charCodeAt(0))))).toMatch(/^it says that it is "lora-dropout-something!"/);
    for (const tiny of [lora, wider]) tiny.trainer.destroy();
  });
});
