// node tools/adapters/runs.mjs JOBS.json [software|gpu]
//
// Many runs with one device, for outgoing.py: JOBS.json is a list of { link, model, task, merged, python, out }. Each folder `out` gets what `npm run train
// -- --out` writes, and heldOut.json: the rows that the run's evaluations score, as { ids, label } or { ids, scoredFrom }. One line of JSON a run.
import { join } from 'node:path';
import { readJson, runCommand, writeFolder, writeJson } from '../command.mjs';
import { root } from '../install.mjs';
import { openNode } from '../runtimes/node.mjs';
import { loadModule } from '../runtimes/vite.mjs';

const models = join(root, 'public/models');

async function heldOut({ config }) {
  const [{ Library }, { diskSource }] = await Promise.all(['/src/train/library.ts', '/src/sources/disk.ts'].map(loadModule));
  const library = new Library(async (name) => diskSource(join(models, name), { kind: 'builtin', name }));
  const { validation } = await library.data(config, await library.model(config.model.source));
  return validation.ids.map((ids, row) => ({ ids: [...ids], label: validation.labels[row], scoredFrom: validation.scoredFrom?.[row] }));
}

await runCommand('runs', async () => {
  const [, , jobs, profile] = process.argv;
  const { module, gpu } = await openNode('/src/headless/train.ts');
  const headless = module.createHeadless({ gpu, models, profile });
  for (const { out, task, ...request } of readJson(jobs, 'a list of jobs')) {
    try {
      const { run, files } = await module.trainAndExport(headless, { models, weights: 'last', ...(task && { named: { data: task, wishes: {} } }), ...request });
      await writeFolder(out, files);
      writeJson(join(out, 'heldOut.json'), await heldOut(run));
      console.log(JSON.stringify({ out }));
    } catch (error) {
      console.log(JSON.stringify({ out, refused: error.message }));
      if (process.env.TRACE) console.error(error.stack);
    }
  }
});
