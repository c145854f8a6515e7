// node tools/generation/speed.mjs [MODEL] [--rounds N] [--profile software|gpu]
//
// Tokens a second with the key/value cache and without it (every token costs the whole text again), which take turns in one process. The first
// round compiles and is not counted; of the others the median is printed. MODEL is what `npm run generate` takes, nano-decoder where it is left out.
import { join } from 'node:path';
import { readArguments, runCommand } from '../command.mjs';
import { ensureInstalled, root } from '../install.mjs';

const PROMPT = 8;
const SHAPES = [{ prompts: 1, beams: 1 }, { prompts: 8, beams: 1 }, { prompts: 2, beams: 4 }];
const LENGTHS = [32, 96];

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

await runCommand('speed', async () => {
  const { values: { rounds = '3', profile }, positionals: [model = 'nano-decoder'] } = readArguments({ allowPositionals: true, options: { rounds: { type: 'string' }, profile: { type: 'string' } } });
  ensureInstalled();
  const { openNode } = await import('../runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/generate.ts');
  const { generate, device } = await module.createGenerate({ gpu, models: join(root, 'public/models'), profile });
  console.log(`${model} on ${device}, prompts of ${PROMPT} tokens, median of ${rounds} rounds that take turns\n`);
  console.log('prompts  beams  new tokens   tokens/s with cache   without   ratio');
  for (const { prompts, beams } of SHAPES) {
    for (const maxNewTokens of LENGTHS) {
      const ids = Array.from({ length: prompts }, (_, prompt) => Array.from({ length: PROMPT }, (_value, token) => 3 + ((prompt * 31 + token * 17) % 90)));
      const rates = { cache: [], without: [] };
      for (let round = 0; round <= Number(rounds); round++) {
        for (const kind of ['cache', 'without']) {
          // No end token would be as fair: texts that end early are shorter in both.
          const { texts, seconds } = await generate({ model, prompts: ids, options: { maxNewTokens, ...(beams > 1 && { beams }) }, recompute: kind === 'without' });
          const tokens = texts.reduce((sum, text) => sum + text.ids.length, 0);
          if (round > 0) rates[kind].push(tokens / seconds);
        }
      }
      const [cache, without] = [median(rates.cache), median(rates.without)];
      console.log(`${String(prompts).padStart(7)}${String(beams).padStart(7)}${String(maxNewTokens).padStart(12)}${cache.toFixed(1).padStart(22)}${without.toFixed(1).padStart(10)}${(cache / without).toFixed(1).padStart(8)}`);
    }
  }
});
