/** How long a method takes to start on a model from disk. */
import type { RunConfig } from '../config/config';
import { DEFAULT_CONFIG } from '../config/config';
import { applyMethod } from '../config/methods';
import { referenceText } from '../config/sources';
import { PEFT_KINDS, type PeftKind } from '../config/peft';
import { wordsFor } from '../protocol/faultWords';
import { diskSource } from '../sources/disk';
import { Engine } from '../train/engine';

export interface MeasuredStart {
  /** From Start until the first batch can be computed: weights on the device, first values made, kernels compiled. */
  seconds: number;
  /** Bytes of all buffers. */
  bytes: number;
}

export { PEFT_KINDS };

/** A short run on few rows: what is measured is its beginning. */
function shortRun(source: string, method: PeftKind): RunConfig {
  const config: RunConfig = { ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, source, targets: ['q', 'k', 'v', 'o', 'up', 'down'] } };
  const chosen = applyMethod(method, config);
  return { ...chosen, data: { ...chosen.data, rows: 16, maxLength: 16 }, optimizer: { ...chosen.optimizer, batchSize: 2, steps: 1, warmup: 0 }, evaluation: { ...chosen.evaluation, rows: 2 } };
}

/** @param folder holds a model that classifies, with a tokenizer @param budget GiB that it may take; left out: the usual. @throws with the sentence that a person would read */
export async function measureStart(gpu: GPU, folder: string, method: PeftKind, budget?: number): Promise<MeasuredStart> {
  const source = diskSource(folder);
  const config = shortRun(referenceText(source.reference), method);
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const engine = new Engine((event) => {
      if (event.type === 'fault') {
        const { title, text } = wordsFor(event.fault, '');
        reject(new Error(`${method}: ${title}. ${text}`));
      }
      if (event.type === 'started') resolve({ seconds: (performance.now() - began) / 1000, bytes: event.summary.bytes.total });
    }, { gpu, secure: true, open: async () => source, device: { profile: 'software' }, budget });
    void engine.handle({ type: 'start', runId: 'start', config, changes: [] });
  });
}
