// node tools/adapters/many.mjs JOBS.json [software|gpu]
//
// Many evaluations with one device, for the scripts beside this file: JOBS.json is a list of { model, adapter, texts, out }, with texts and out as
// files. Prints one line of JSON for each: { out, notes } or { out, refused }.
import { join } from 'node:path';
import { readJson, runCommand, writeJson } from '../command.mjs';
import { root } from '../install.mjs';
import { openNode } from '../runtimes/node.mjs';

await runCommand('many', async () => {
  const [, , jobs, profile] = process.argv;
  const { module, gpu } = await openNode('/src/headless/evaluate.ts');
  const { evaluate } = await module.createEvaluate({ gpu, models: join(root, 'public/models'), profile });
  for (const { model, adapter, texts, out } of readJson(jobs, 'a list of jobs')) {
    try {
      const { rows, notes } = await evaluate({ model, adapter, texts: readJson(texts, 'a list of texts') });
      writeJson(out, rows);
      console.log(JSON.stringify({ out, notes }));
    } catch (error) {
      console.log(JSON.stringify({ out, refused: error.message }));
      if (process.env.TRACE) console.error(error.stack);
    }
  }
});
