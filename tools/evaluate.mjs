// npm run evaluate -- --model SOURCE [--adapter DIR] --texts FILE.json --out FILE.json [--profile software|gpu] [--budget GIB]
//
// What a model, with or without a PEFT adapter, makes of texts, by the page's own engine under Node. SOURCE is a folder, the name of a built-in model, org/name of the Hugging
// Face Hub (hub:org/name@COMMIT), or the address of a folder. Of a causal model each text gets ids, mean_nll (nats a predicted token) and
// last_logits; of a classifier each text or [text, pair] gets ids and logits. docs/adapters.md has more.
import { join } from 'node:path';
import { readArguments, readBudget, readJson, Refusal, refuseUnlessOneOf, runCommand, writeJson } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

const USAGE = 'npm run evaluate -- --model SOURCE [--adapter DIR] --texts FILE.json --out FILE.json';

function readOptions() {
  const { values } = readArguments({ options: { model: { type: 'string' }, adapter: { type: 'string' }, texts: { type: 'string' }, out: { type: 'string' }, profile: { type: 'string' }, budget: { type: 'string' } } });
  const missing = ['model', 'texts', 'out'].find((name) => !values[name]);
  if (missing) throw new Refusal(`--${missing} is missing; write ${USAGE}`);
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  return { ...values, budget: readBudget(values.budget) };
}

await runCommand('evaluate', async () => {
  const { model, adapter, texts, out, profile, budget } = readOptions();
  const parsed = readJson(texts, '["a text", …]');
  ensureInstalled();
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/evaluate.ts');
  const { evaluate, device } = await module.createEvaluate({ gpu, models: join(root, 'public/models'), profile, budget });
  const { rows, notes } = await evaluate({ model, adapter, texts: parsed });
  writeJson(out, rows);
  for (const note of notes) console.error(`evaluate: ${note}`);
  console.log(`${rows.length} text${rows.length === 1 ? '' : 's'}, ${device}`);
});
