/** What was trained, written out, read in and put onto the base again gives the logits of the run, bit for bit. */
import { expect, it } from 'vitest';
import '../kernels/testing/matcher';
import { readRanges } from '../gpu/readback';
import { Execution } from '../graph/execution';
import { holdCheckpoint, storedCheckpoint } from '../model/files/folder';
import { readSafetensors, writeSafetensors } from '../model/files/safetensors';
import type { Method } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { planEvaluation, targetOf } from '../model/plans';
import { ModelState } from '../model/state';
import { Weights } from '../model/weights';
import { tinyTrainer, TOKENS } from '../train/testing/tinyTrainer';
import { writeBatch } from '../train/trainer';
import { applyAdapter } from './apply';
import { parseAdapterConfig } from './config';
import { peftFiles } from './toPeft';

it.each<[string, Partial<Method>]>([['roberta', { peft: 'rslora' }], ['llama', { peft: 'dora', fromLayer: 1 }], ['gpt2', { peft: 'prefix' }]])('%s, %o', async (architecture, method) => {
  const { trainer, batch, train } = await tinyTrainer({ architecture, method });
  const { gpu, pipelines, checkpoint: stored, config, method: trained } = trainer.options;
  const checkpoint = await holdCheckpoint(stored);
  const rows = batch([0, 1, 2]);
  for (const step of [0, 1]) train([rows], step);
  const shape = { samples: 3, tokens: TOKENS };
  const logits = async (execution: Execution) => {
    writeBatch(execution, rows, config);
    execution.submit('evaluate');
    return (await readRanges(gpu.device, [execution.kept('logits')]))[0];
  };
  const expected = await logits(await trainer.evaluator(shape));

  const files = peftFiles({ config, trained, values: await trainer.state.read('values'), base: stored.tensors }, { name: null, revision: null });
  const tensors = readSafetensors(writeSafetensors(files.tensors).buffer, 'adapter');
  const again = applyAdapter(checkpoint, { config: parseAdapterConfig(JSON.stringify(files.config)), tensors });
  const { tensors: loaded } = storedCheckpoint(again.checkpoint);
  const weights = await Weights.load(gpu, loaded);
  const state = new ModelState(gpu, weights, parameterSpecs(again.checkpoint.config, again.trained), loaded);
  await state.reset(again.values);
  const execution = await Execution.create(gpu, pipelines, planEvaluation(again.checkpoint.config, again.trained, shape, targetOf(gpu)), state);
  expect(await logits(execution)).toBeBitEqual(expected);
  state.destroy();
  weights.destroy();
  trainer.destroy();
});
