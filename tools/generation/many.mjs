// node tools/generation/many.mjs JOBS.json [software|gpu]
//
// Many answers of `npm run generate` from one process, for compare.py: jobs are [{ model, adapter?, prompts, options, out }], prompts in place. Prints a
// line of JSON a job, { out } or { refused }.
import { join } from 'node:path';
import { readJson, runCommand, writeJson } from '../command.mjs';
import { root } from '../install.mjs';
import { openNode } from '../runtimes/node.mjs';

await runCommand('many', async () => {
  const [jobs, profile] = process.argv.slice(2);
  const { module, gpu } = await openNode('/src/headless/generate.ts');
  const { generate } = await module.createGenerate({ gpu, models: join(root, 'public/models'), profile });
  for (const { model, adapter, prompts, options, out } of readJson(jobs, '[{ "model": …, "prompts": …, "options": …, "out": … }]')) {
    try {
      const { texts } = await generate({ model, adapter, prompts, options });
      writeJson(out, texts);
      console.log(JSON.stringify({ out }));
    } catch (error) {
      console.log(JSON.stringify({ refused: error.message }));
    }
  }
});
