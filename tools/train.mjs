// npm run train -- LINK [LINK …] [--out FILE] [--profile software|gpu]
//
// Trains what each link describes (the part of the page's address after #; "" is the default run) with the page's own engine under Node, and
// prints how the losses went. --out writes the runs as JSON. Needs a Vulkan driver; on Linux that of an installed Chromium will do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

const short = (value) => (Number.isFinite(value) ? value.toFixed(4) : 'not a number');

function print(run) {
  // What is not a number is no best point.
  const measured = run.evaluations.filter(({ heldOut }) => Number.isFinite(heldOut.loss));
  const best = measured.reduce((one, other) => (other.heldOut.loss < one.heldOut.loss ? other : one), measured[0]);
  const last = run.evaluations.at(-1);
  console.log(`\n${run.name}   (${run.device}, ${run.seconds.toFixed(1)} s)`);
  console.log('   step   training loss   held-out loss   held-out metric');
  for (const { step, train, heldOut } of run.evaluations) console.log(`${String(step).padStart(7)}${short(train.loss).padStart(16)}${short(heldOut.loss).padStart(16)}${short(heldOut.metric).padStart(18)}`);
  if (best) console.log(`best held-out loss ${short(best.heldOut.loss)} at step ${best.step}, ${short(last.heldOut.loss)} at the end (${(100 * (last.heldOut.loss / best.heldOut.loss - 1)).toFixed(0)} % above); test metric ${short(run.test.metric)}`);
}

await runCommand('train', async () => {
  const { values: { out, profile }, positionals: links } = readArguments({ allowPositionals: true, options: { out: { type: 'string' }, profile: { type: 'string' } } });
  refuseUnlessOneOf('profile', profile, ['software', 'gpu']);
  ensureInstalled();
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/runner.ts');
  const headless = module.createHeadless({ gpu, models: join(root, 'public/models'), profile });
  const runs = [];
  for (const link of links.length > 0 ? links : ['']) {
    const run = await headless.run(link).catch((error) => { throw new Refusal(`${link || 'the default run'}: ${error.message}`); });
    runs.push(run);
    if (run.ignored.length > 0) console.error(`train: not understood and left out of the link: ${run.ignored.join(', ')}`);
    print(run);
  }
  if (out) writeFileSync(out, `${JSON.stringify(runs, null, 1)}\n`);
});
