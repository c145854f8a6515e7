// npm run generate -- --model SOURCE [--adapter DIR] --prompts FILE.json --out FILE.json [--max-new-tokens N] [--beams N] [--length-penalty X]
//   [--early-stopping true|false|never] [--no-repeat-ngram N] [--repetition-penalty X] [--temperature X] [--top-k N] [--top-p X] [--seed N]
//   [--profile software|gpu]
//
// A decoder writes behind each prompt, by the page's own engine under Node, as transformers' `generate` does. SOURCE is a folder, the name of a
// built-in model, org/name of the Hugging Face Hub (hub:org/name@COMMIT), or the address of a folder. The prompts are a list of texts or of lists
// of token ids. Without temperature, top-k, top-p and seed nothing is drawn. docs/generation.md has more.
import { join } from 'node:path';
import { readArguments, readJson, Refusal, refuseUnlessOneOf, runCommand, writeJson } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

const USAGE = 'npm run generate -- --model SOURCE [--adapter DIR] --prompts FILE.json --out FILE.json';

const NUMBERS = {
  'max-new-tokens': 'maxNewTokens', beams: 'beams', 'length-penalty': 'lengthPenalty', 'no-repeat-ngram': 'noRepeatNgram', 'repetition-penalty': 'repetitionPenalty',
  temperature: 'temperature', 'top-k': 'topK', 'top-p': 'topP', seed: 'seed',
};

function readOptions() {
  const names = ['model', 'adapter', 'prompts', 'out', 'profile', 'early-stopping', ...Object.keys(NUMBERS)];
  const { values } = readArguments({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
  const missing = ['model', 'prompts', 'out'].find((name) => !values[name]);
  if (missing) throw new Refusal(`--${missing} is missing; write ${USAGE}`);
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  refuseUnlessOneOf('early-stopping', values['early-stopping'], ['true', 'false', 'never']);
  const options = {};
  for (const [name, option] of Object.entries(NUMBERS)) {
    if (values[name] === undefined) continue;
    if (values[name].trim() === '' || Number.isNaN(Number(values[name]))) throw new Refusal(`--${name} is no number (${values[name]}); write one, as in --${name} 2`);
    options[option] = Number(values[name]);
  }
  if (values['early-stopping']) options.earlyStopping = values['early-stopping'] === 'never' ? 'never' : values['early-stopping'] === 'true';
  return { ...values, options };
}

await runCommand('generate', async () => {
  const { model, adapter, prompts, out, profile, options } = readOptions();
  const parsed = readJson(prompts, '["a text", …]');
  ensureInstalled();
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/generate.ts');
  const { generate, device } = await module.createGenerate({ gpu, models: join(root, 'public/models'), profile });
  const { texts, notes, seconds } = await generate({ model, adapter, prompts: parsed, options });
  writeJson(out, texts);
  for (const note of notes) console.error(`generate: ${note}`);
  const tokens = texts.reduce((sum, { ids }) => sum + ids.length, 0);
  console.log(`${texts.length} text${texts.length === 1 ? '' : 's'}, ${tokens} tokens in ${seconds.toFixed(1)} s, ${device}`);
});
